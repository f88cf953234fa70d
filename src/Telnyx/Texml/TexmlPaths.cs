using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>What the paths of these operations name.</summary>
internal static class TexmlPaths
{
    /// <summary>The account of a path is the caller's own.</summary>
    public static bool IsOwn(OperationContext op) => op.Path("account_sid") == op.Tenant.ToString();

    /// <summary>The call of a path; null when there is none.</summary>
    public static async ValueTask<LegRow?> FindCallAsync(OperationContext op, VoiceParts parts) =>
        parts.Ids.TryReadCallControl(op.Path("call_sid"), op.Tenant, out var id)
            ? await parts.Store.Legs.FindAsync(op.Tenant, id, op.Stop) : null;

    /// <summary>The conference of a path, live or over; null when there is none.</summary>
    public static async ValueTask<ConferenceRow?> FindConferenceAsync(OperationContext op, VoiceParts parts) =>
        await parts.Store.Conferences.FindAsync(op.Tenant, op.Path("conference_sid"), op.Stop);

    /// <summary>Of the account's resources, below the host.</summary>
    public static string Of(OperationContext op, string rest) => $"{op.Dialect.Root}/texml/Accounts/{op.Tenant}/{rest}";
}
