using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Telling;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>What somebody of the agency is to look at, the newest first.</summary>
internal sealed class Alerts(AgencyParts parts)
{
    /// <summary>What an agency's own system is told.</summary>
    private const string Raised = "alert.raised";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) = await parts.Alerts.ListAsync(op.Caller.Root, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    /// <summary>Of one cause one an hour. Whom the agency has named is told of it.</summary>
    /// <param name="kind">As in <see cref="AlertRow"/>, or the word by which a batch stands still.</param>
    /// <param name="subject">The id of what it tells; empty where it is of the whole agency.</param>
    public async ValueTask RaiseAsync(TenantId agency, string kind, string subject, string detail, DateTimeOffset at,
        CancellationToken stop)
    {
        var alert = new AlertRow
        {
            Id = Guid.CreateVersion7(at), Kind = kind, Subject = subject, Detail = detail, CreatedAt = Times.Cut(at),
        };
        if (await parts.Alerts.IsToldAsync(agency, alert, stop)) return;
        var of = await parts.Tenancy.AgencyAsync(agency, stop);
        List<OutboxMessage> messages = parts.HasMail
            ? [.. AlertSetting.MailsOf(of.Settings).Select(email => AlertMail.Of(agency, of.Name, alert, email))] : [];
        if (AlertSetting.WebhookOf(of.Settings) is { } url) messages.Add(MessageOf(agency, url, alert));
        await parts.Alerts.RaiseAsync(agency, alert, messages, stop);
    }

    /// <summary>Signed by the node alone: the URL of the settings has no secret of its own.</summary>
    private static OutboxMessage MessageOf(TenantId agency, string url, AlertRow alert)
    {
        string id = alert.Id.ToString();
        var hook = new OutboundHook(agency, AlertSetting.Setting, url, [Raised], Client: null, Secret: "", alert.CreatedAt);
        return OutboundText.MessageOf(hook, new News(Raised, id, id, alert.CreatedAt), client: null, Show(alert),
            TimeProvider.System.GetUtcNow());
    }

    public static JsonObject Show(AlertRow row) => new()
    {
        ["id"] = row.Id.ToString(), ["kind"] = row.Kind, ["subject"] = row.Subject.Length == 0 ? null : row.Subject,
        ["detail"] = row.Detail, ["created_at"] = AgencyText.Time(row.CreatedAt),
    };
}
