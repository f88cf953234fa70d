using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telnyx.Connections;

/// <summary>Whether the phone of a credential connection is registered, and from where.</summary>
internal static class RegistrationCheck
{
    public static async ValueTask<Reply> Handle(OperationContext op, ConnectionParts parts)
    {
        if (!long.TryParse(op.Path("id"), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            || op.Routing.FindConnection(op.Tenant, new(id)) is not { Kind: ConnectionKind.Credential, Sip.UserName: { } user })
            return op.Unknown("id");

        var status = await parts.Registrations.FindStatusAsync(user, op.Stop);
        var shown = new JsonObject { ["record_type"] = "registration_status", ["sip_username"] = user, ["status"] = Word(status.State) };
        if (status.Last is { } last)
        {
            shown["ip_address"] = last.Remote.Address.ToString();
            shown["port"] = last.Remote.Port;
            shown["transport"] = last.Transport.ToString().ToUpperInvariant();
            shown["user_agent"] = last.UserAgent;
            shown["last_registration"] = TelnyxTime.Millis(last.RegisteredAt);
        }
        return op.Ok(shown);
    }

    private static string Word(RegistrationState state) => state switch
    {
        RegistrationState.NotRegistered => "Not Registered",
        _ => state.ToString(),
    };
}
