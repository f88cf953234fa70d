using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account;

/// <summary>The words that the account has tagged its numbers and outbound voice profiles with.</summary>
internal static class UserTags
{
    public static async ValueTask<Reply> Handle(OperationContext op, AccountParts parts)
    {
        string prefix = op.List.Filter("starts_with") ?? "";
        return op.Ok(new JsonObject
        {
            ["number_tags"] = Matching(await parts.Store.Tags.OfNumbersAsync(op.Tenant, op.Stop), prefix),
            ["outbound_profile_tags"] = Matching(await parts.Store.Tags.OfProfilesAsync(op.Tenant, op.Stop), prefix),
        });
    }

    private static JsonArray Matching(IReadOnlyList<string> tags, string prefix) =>
        new([.. tags.Where(tag => tag.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(tag => (JsonNode)tag)]);
}
