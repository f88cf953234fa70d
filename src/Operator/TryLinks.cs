using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>A page on which a browser calls one number.</summary>
/// <param name="Path">Below the node's public root; its last segment is a secret.</param>
public sealed record TryLink(string Path, DateTimeOffset ExpiresAt);

/// <summary>Pages for people who have a browser and no telephone.</summary>
internal static class TryLinks
{
    private const int UsualMinutes = 30;

    /// <param name="links">Where the page is.</param>
    /// <param name="create">
    /// By the number and how long it lasts; gives null when there are too many. Null where the node has no lab.
    /// </param>
    public static Reply Create(OperationContext op, PublicLinks links, Func<string, TimeSpan, TryLink?>? create)
    {
        if (Fields.Unknown(op, "try_link") is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        string to = (string)body["to"]!;      // required
        if (!E164.TryParse(to, out _))
            return op.Invalid("/to", "invalid", $"to must be a number in +E.164 form, for example +15550100000, not '{to}'");
        if (create is null) return Accounts.Invalid(op, "a browser calls by the lab: start the node with --lab, on the wall clock");
        if (create(to, TimeSpan.FromMinutes((int?)body["minutes"] ?? UsualMinutes)) is not { } link)
            return Accounts.Invalid(op, "there are as many such links as there may be: wait until one expires");
        return op.Created(new JsonObject
        {
            ["record_type"] = "try_link",
            ["url"] = links.To(link.Path),
            ["to"] = to,
            ["expires_at"] = OperatorTime.Write(link.ExpiresAt),
        });
    }
}
