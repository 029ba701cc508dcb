/** A mail of ours that comes back. */
export interface Returned {
  /** With its angle brackets. */
  messageId: string;
  to: string;
}

const wire = (text: string): string => text.replace(/\r?\n/g, '\r\n');

/** As Postfix tells of an address that there is not, with the whole mail. */
export const postfixBounce = ({ messageId, to }: Returned, queueId = '4T3xQz1JkVz9rwL'): string =>
  wire(`Return-Path: <>
Received: by mail.cups.example (Postfix)
\tid ${queueId}; Mon,  5 Jan 2026 10:12:01 +0100 (CET)
Date: Mon,  5 Jan 2026 10:12:01 +0100 (CET)
From: MAILER-DAEMON@mail.cups.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: news@cups.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="${queueId}.1767604321/mail.cups.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20260105091201.${queueId}@mail.cups.example>

This is a MIME-encapsulated message.

--${queueId}.1767604321/mail.cups.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

This is the mail system at host mail.cups.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<${to}>: host mx.many.example[192.0.2.25] said: 550 5.1.1
    <${to}>: Recipient address rejected: User unknown in
    virtual mailbox table (in reply to RCPT TO command)

--${queueId}.1767604321/mail.cups.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.cups.example
X-Postfix-Queue-ID: ${queueId}
X-Postfix-Sender: rfc822; news@cups.example
Arrival-Date: Mon,  5 Jan 2026 10:12:00 +0100 (CET)

Final-Recipient: rfc822; ${to}
Original-Recipient: rfc822;${to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.many.example
Diagnostic-Code: smtp; 550 5.1.1 <${to}>: Recipient address
    rejected: User unknown in virtual mailbox table

--${queueId}.1767604321/mail.cups.example
Content-Description: Undelivered Message
Content-Type: message/rfc822
Content-Transfer-Encoding: 8bit

Return-Path: <news@cups.example>
Received: from app (localhost [127.0.0.1])
\tby mail.cups.example (Postfix) with ESMTP id ${queueId}
\tfor <${to}>; Mon,  5 Jan 2026 10:12:00 +0100 (CET)
From: Cups <news@cups.example>
To: ${to}
Subject: Hello
Message-ID:
 ${messageId}
Date: Mon, 05 Jan 2026 09:12:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear friend
Message-ID: <this-is-text@cups.example>

--${queueId}.1767604321/mail.cups.example--
`);

/** As Exim tells that it has given up after days, with the head of the mail alone. */
export const eximBounce = ({ messageId, to }: Returned, id = '1vcXyZ-00000000AbC-1dEf'): string =>
  wire(`Return-path: <>
Received: from Debian-exim by mail.cups.example with local (Exim 4.98)
\tid ${id}
\tfor news@cups.example;
\tFri, 09 Jan 2026 10:12:01 +0000
X-Failed-Recipients: ${to}
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.cups.example>
To: news@cups.example
References: <unrelated@cups.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=1767953521-eximdsn-429496729
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E${id}@mail.cups.example>
Date: Fri, 09 Jan 2026 10:12:01 +0000

--1767953521-eximdsn-429496729
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ${to}
    host mx.many.example [192.0.2.25]
    SMTP error from remote mail server after RCPT TO:<${to}>:
    452 4.2.2 mailbox full: retry timeout exceeded

--1767953521-eximdsn-429496729
Content-type: message/delivery-status

Reporting-MTA: dns; mail.cups.example

Action: failed
Final-Recipient: rfc822;${to}
Status: 4.2.2
Remote-MTA: dns; mx.many.example
Diagnostic-Code: smtp; 452 4.2.2 mailbox full

--1767953521-eximdsn-429496729
Content-type: message/rfc822

Return-path: <news@cups.example>
Received: from app by mail.cups.example with esmtp (Exim 4.98)
\tid ${id}
\tfor ${to};
\tMon, 05 Jan 2026 10:12:00 +0000
From: Cups <news@cups.example>
To: ${to}
Subject: Hello
Message-ID: ${messageId}


--1767953521-eximdsn-429496729--
`);

/** As Exchange Online tells of a receiver it cannot find: nested parts, base64, its own head. */
export const exchangeBounce = ({ messageId, to }: Returned, id = 'a1b2c3d4-2026'): string => {
  const status = `Reporting-MTA: dns;DB9PR05MB8123.eurprd05.prod.outlook.example
Received-From-MTA: dns;mail.cups.example
Arrival-Date: Mon, 5 Jan 2026 09:12:00 +0000

Final-Recipient: rfc822;${to}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 not found by SMTP address lookup
`;
  return wire(`From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@many.example>
To: <news@cups.example>
Date: Mon, 5 Jan 2026 09:12:02 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_b8f1f1e3-6a3d-4f0f-9f5c-000000000001_"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-GB
Message-ID: <${id}@DB9PR05MB8123.eurprd05.prod.outlook.example>
In-Reply-To: ${messageId}
References: ${messageId}
Thread-Topic: Hello
Subject: Undeliverable: Hello
Auto-Submitted: auto-replied
MIME-Version: 1.0

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000001_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_b8f1f1e3-6a3d-4f0f-9f5c-000000000002_"

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000002_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Your message to ${to.replace('=', '=3D')} couldn't be delivered.
=

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000002_
Content-Type: text/html; charset="us-ascii"

<html><body><p>Your message couldn't be delivered.</p></body></html>

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000002_--

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000001_
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

${(
  Buffer.from(status)
    .toString('base64')
    .match(/.{1,76}/g) ?? []
).join('\n')}

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000001_
Content-Type: text/rfc822-headers

Authentication-Results: spf=pass (sender IP is 192.0.2.1)
From: "Cups" <news@cups.example>
To: <${to}>
Subject: Hello
MESSAGE-ID: ${messageId}

--_b8f1f1e3-6a3d-4f0f-9f5c-000000000001_--
`);
};

/** As a provider passes on that a receiver has pressed "spam" (RFC 5965). */
export const complaint = ({ messageId, to }: Returned, id = '20260105-fbl'): string =>
  wire(`From: <feedback@provider.example>
To: <abuse@cups.example>
Subject: FW: Hello
Message-ID: <${id}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for a message received on Mon, 5 Jan 2026.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <${to}>

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822

From: <news@cups.example>
To: <${to}>
Subject: Hello
Message-ID: ${messageId}

Dear friend

--part1_13d.2e68ed54_boundary--
`);
