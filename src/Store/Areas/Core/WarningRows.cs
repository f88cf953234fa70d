using System.Data;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What a warning is about.</summary>
public enum WarningSource
{
    /// <summary>A document that answers calls, or texts.</summary>
    Document,
    /// <summary>A webhook, or a mail, that was given up.</summary>
    Webhook,
    /// <summary>Whatever else commands a call: a command of an API, an agent, a flow, a campaign.</summary>
    Command,
}

/// <summary>Writes warnings, each in the transaction of that which it is about.</summary>
internal static class WarningRows
{
    internal const string Insert = """
        insert into rw_warning (tenant_id, at, source, leg_id, url, line, cause) values (@tenant, @at, @source, @leg, @url, @line, @cause)
        """;
    internal const string InsertOfMessage = """
        insert into rw_warning (tenant_id, at, source, leg_id, url, cause)
        select tenant_id, @at, 'webhook', order_key, @url, event_type || ' ' || @cause from rw_outbox where tenant_id = @tenant and id = @id
        """;
    /// <summary>An index has them by their times.</summary>
    internal const string Old = """
        delete from rw_warning where tenant_id = @tenant and seq in (
            select seq from rw_warning where tenant_id = @tenant and at < @before order by at limit @step)
        """;

    private static readonly Statement New = new(Insert), OfMessage = new(InsertOfMessage);

    public static void Write(IDbConnection db, CallEvent.Noted warning, DateTimeOffset at)
    {
        var source = warning is { Url: null, Line: null } ? WarningSource.Command : WarningSource.Document;
        New.Post(db, warning.Leg.Tenant.ToString(), Times.Text(at), Names<WarningSource>.Of(source), warning.Leg.Id.ToString(), warning.Url,
            warning.Line, warning.Text);
    }

    /// <summary>Of no call: what a request has asked of a resource.</summary>
    public static void Write(IDbConnection db, TenantId tenant, DateTimeOffset at, string cause) =>
        New.Run(db, tenant.ToString(), Times.Text(at), Names<WarningSource>.Of(WarningSource.Command), null, null, null, cause);

    /// <summary>Of no call either: of a document that answers a text.</summary>
    /// <param name="line">Of the document, from 1; null where it is of no one line.</param>
    public static void Write(IDbConnection db, TenantId tenant, DateTimeOffset at, string url, int? line, string cause) =>
        New.Run(db, tenant.ToString(), Times.Text(at), Names<WarningSource>.Of(WarningSource.Document), null, url, line, cause);

    /// <summary>Of a message that is given up, while it is still among those that are to be sent.</summary>
    /// <param name="last">Its last attempt.</param>
    public static void Write(IDbConnection db, string tenant, string message, DeliveryAttempt last)
    {
        string attempts = last.Number == 1 ? "1 attempt" : $"{last.Number} attempts";
        string answer = last.ResponseStatus is { } status ? $"the last answer was {status}" : "the last one got no answer";
        string codes = last.Errors.Count == 0 ? "" : $" ({string.Join(", ", last.Errors)})";
        OfMessage.Post(db, Times.Text(last.FinishedAt), last.Url.Split('?')[0], $"was given up after {attempts}: {answer}{codes}", tenant,
            message);
    }
}
