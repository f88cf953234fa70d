using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Agency;

/// <summary>
/// What somebody is sent who has forgotten the password. The code is made when the mail is written: whoever reads what the account sends
/// finds no code there.
/// </summary>
public static class PasswordMail
{
    /// <summary>Which format writes it.</summary>
    public const string Format = "agency";

    private const string Scheme = "mailto:", EventType = "agency.password_forgotten";
    private static readonly TimeSpan Life = TimeSpan.FromHours(1), Patience = TimeSpan.FromSeconds(30);

    /// <summary>Pure.</summary>
    public static (string Subject, string Text) Write(NodeIdentity node, OutboxMessage message)
    {
        using var json = JsonDocument.Parse(message.Body);
        var payload = json.RootElement.GetProperty("payload");
        string agency = payload.GetProperty("agency").GetString() ?? "";
        string code = new UserTokens(node).Write(new(payload.GetProperty("user_id").GetGuid(), TokenUse.Reset,
            payload.GetProperty("session_epoch").GetInt64(), message.OccurredAt + Life), message.OccurredAt);
        return ("A new password", $"""
            Somebody, probably you, has asked for a new password for your sign-in at {agency}.

            This code is good once, for an hour:

            {code}

            Whoever did not ask for it need do nothing: the password of before goes on being good.

            """);
    }

    /// <summary>To a user of the agency.</summary>
    internal static OutboxMessage Of(UserRow user, string agency, DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        return new()
        {
            Id = id, Tenant = user.TenantId, OrderKey = $"agency_user:{user.Id}", Format = Format, EventType = EventType,
            Url = Scheme + user.Email, OccurredAt = now, Timeout = Patience,
            Body = new JsonObject
            {
                ["event_type"] = EventType, ["id"] = id.ToString(), ["occurred_at"] = AgencyText.Time(now), ["record_type"] = "event",
                ["payload"] = new JsonObject
                {
                    ["user_id"] = user.Id.ToString(), ["session_epoch"] = user.SessionEpoch, ["agency"] = agency,
                },
            }.ToJsonString(),
        };
    }

    /// <summary>Whether a mail server may be told the address as it is.</summary>
    internal static bool IsAddress(string email) => email.Count(c => c == '@') == 1 && !email.StartsWith('@')
        && email.All(c => c is > ' ' and < (char)127 and not ('<' or '>' or '"' or '\\' or ','))
        && !email.EndsWith('@') && !email.EndsWith(".invalid", StringComparison.Ordinal);
}
