import { isGrant, PERMISSIONS, PLATFORM_PERMISSIONS } from '../../platform/access/permissions.js';
import type { PermissionListDto } from './roles.dto.js';

/** Every permission of this version of Keel. */
export function permissionList(): PermissionListDto {
  const data = PERMISSIONS.map((name) => ({
    name,
    canBeOwn: isGrant(`${name}:own`),
    platformOnly: PLATFORM_PERMISSIONS.includes(name),
  }));
  return { data, page: { nextCursor: null, hasMore: false } };
}
