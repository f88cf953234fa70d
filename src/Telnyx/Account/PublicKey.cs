using System.Text.Json.Nodes;
using Ringwright.Delivery;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account;

/// <summary>The account's key that webhooks are verified with. Not among the 822 operations; SDK users look for it.</summary>
internal static class PublicKey
{
    public static async ValueTask<Reply> Handle(OperationContext op, AccountParts parts)
    {
        if (await parts.Store.SigningKeys.FindAsync(op.Tenant, op.Stop) is not { } key)
            return op.Fail(Fault.UnknownResource, "This account has no signing key.");
        return op.Ok(new JsonObject { ["public"] = Convert.ToBase64String(Signer.PublicKeyOf(key.Seed.Span)) });
    }
}
