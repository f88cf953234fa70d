using Ringwright.Core;

namespace Ringwright.Switch;

/// <summary>
/// The shard where a name of an account is at home: all of a node agree, so there is one live queue or conference of each.
/// </summary>
internal static class NameHome
{
    public static int Of(TenantId tenant, string name, int shards)
    {
        uint hash = 2_166_136_261; // FNV-1a: of this process and the next alike
        foreach (byte b in tenant.Value.ToByteArray()) hash = (hash ^ b) * 16_777_619;
        foreach (char c in name) hash = (hash ^ c) * 16_777_619;
        return (int)(hash % (uint)shards);
    }
}
