using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telefonie.Messaging;

/// <summary>Which numbers take part in messages: those that have sent one by this API, or have a URL that is told of what comes.</summary>
internal static class TelefonieTexting
{
    /// <returns>False when others were changing the number.</returns>
    public static async ValueTask<bool> JoinAsync(OperationContext op, TelefonieParts parts, string number)
    {
        var profile = TelefonieTexts.ProfileOf(op.Tenant);
        return await parts.Store.Numbers.FindIdAsync(op.Tenant, number, op.Stop) is { } id
            && (await parts.Store.Numbers.Records.ChangeAsync(op.Tenant, id, before => before with { MessagingProfile = profile }, op.Now,
                (was, becomes) => op.Note("updated", "phone_number", number, Fields(was), Fields(becomes)), op.Stop)).Now is not null;
    }

    private static JsonObject Fields(Number number) => new() { ["messaging_profile_id"] = number.MessagingProfile?.ToString() };
}
