using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account;

/// <summary>
/// Whose a key is. Not among the 822 operations; programs ask it for the name that their account has in paths of TeXML.
/// </summary>
internal static class KeyIdentity
{
    public static Reply Handle(OperationContext op) => op.Ok(new JsonObject
    {
        ["organization_id"] = op.Tenant.ToString(),
        ["user_id"] = op.Tenant.ToString(),
        ["record_type"] = "whoami",
    });
}
