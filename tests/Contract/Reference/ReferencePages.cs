using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Contract.Telnyx;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the pages of <c>docs/reference</c> that are data in another form.</summary>
internal static class ReferencePages
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly Coverage Covered = Coverage.Of(Contract, TelnyxBindings.ReadOnly(Contract), [.. TelnyxProjector.Emitted], Conformance.Rows.Proven);

    public static string WriteCoverage()
    {
        var text = new StringBuilder($"""
            # Coverage

            {Covered.Real} of {Covered.Total} operations and {Covered.RealEvents} of {Covered.TotalEvents} webhook events are in. Every operation has its address, checks the key and the request
            against the contract; one that is not in answers 501 with the reason (and `x-should-retry: false`), never a pretended success.
            {Covered.Proven} are proven: a test walks them on a running node, with good requests, with each thing that can be wrong, and to the end of what they made
            ([how](../how-to/prove-an-operation.md)).
            This page is written from the binding tables; `ringwright contract --all` prints the same.

            ## Operations that are in

            | operation | | proven |
            |---|---|---|

            """);
        foreach (var (operation, _, isProven) in Covered.Families.SelectMany(f => f.Operations).Where(o => o.Reason is null).OrderBy(o => o.Operation.Path, StringComparer.Ordinal).ThenBy(o => o.Operation.Method, StringComparer.Ordinal))
            text.Append($"| `{operation.Id}` | `{operation.Method} {TelnyxDialect.Root}{operation.Path}` | {(isProven ? "yes" : "no")} |\n");
        text.Append("\n## By family\n\n| family | in | proven | of | what is missing |\n|---|---|---|---|---|\n");
        foreach (var family in Covered.Families)
        {
            var reasons = family.Operations.Select(o => o.Reason).OfType<string>().Select(r => r.Replace("Not built yet: ", "", StringComparison.Ordinal).TrimEnd('.')).Distinct(StringComparer.Ordinal).ToList();
            text.Append($"| {family.Family} | {family.Real} | {family.Proven} | {family.Total} | {string.Join("; ", reasons)} |\n");
        }
        return text.ToString();
    }

    public static string WriteEvents()
    {
        var text = new StringBuilder($"""
            # Webhook events

            {Covered.RealEvents} of the contract's {Covered.TotalEvents} events are sent, each signed (Ed25519 and Standard Webhooks), each after it was committed to the ledger. The first attempts
            of one call's events go out in the order in which the events happened. This page is written from webhooks that the program made: what stands here is in the payload,
            some of it only where the call has it (`media_url` or `media_name`, `gather_id`). Fields of the contract that are not sent, and fields and events beside it, are named.

            """);
        var sent = SentEvents.OfContract.Concat(SentEvents.Beside).Select(e => SentEvents.Project(e)).GroupBy(m => m.EventType, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var webhooks in sent)
        {
            var fields = webhooks.SelectMany(m => JsonNode.Parse(m.Body)!["payload"]!.AsObject().Select(f => f.Key)).Distinct().Order(StringComparer.Ordinal).ToList();
            var announced = Contract.Events.FirstOrDefault(e => e.Types.Contains(webhooks.Key)) is { } known ? PayloadOf(known.Schema).ToList() : null;
            text.Append($"\n## `{webhooks.Key}`\n\n{Names(fields)}\n");
            if (announced is null) text.Append("\nBeside the contract: the event itself.\n");
            else if (fields.Except(announced).ToList() is { Count: > 0 } beside) text.Append($"\nBeside the contract: {Names(beside)}.\n");
            if (announced?.Except(fields).ToList() is { Count: > 0 } missing) text.Append($"\nOf the contract, not sent: {Names(missing)}.\n");
        }
        text.Append("\n## Not sent yet\n\n").Append(string.Join(", ", Covered.Events.Where(e => !e.IsReal).Select(e => $"`{e.Event.Types.FirstOrDefault() ?? e.Event.Name}`").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))).Append('\n');
        return text.ToString();
    }

    public static string WriteErrors()
    {
        var catalogue = TelnyxContract.ReadErrors();
        var text = new StringBuilder("""
            # Errors

            An error is `{"errors": [{"code", "title", "detail", "source": {"pointer"}}]}`; `code` is stable, `detail` is for people, `pointer` names the field.

            ## When the engine declines

            | what happened | code | status | in words |
            |---|---|---|---|

            """);
        foreach (var refusal in Enum.GetValues<Refusal>().Except([Refusal.Unset, Refusal.None]))
        {
            var row = Errors.Of(refusal);
            text.Append($"| {Words(refusal)} | {row.Code} | {catalogue.StatusOf(row)} | {row.Detail} |\n");
        }
        text.Append("\n## When the request is wrong\n\n| what happened | code | status |\n|---|---|---|\n");
        foreach (var fault in Enum.GetValues<Fault>())
        {
            var row = catalogue.Problem(fault);
            text.Append($"| {Words(fault)} | {row.Code} | {catalogue.StatusOf(row)} |\n");
        }
        text.Append("\n## All codes\n\n| code | status | title |\n|---|---|---|\n");
        foreach (var entry in catalogue.Entries.OrderBy(e => e.Code, StringComparer.Ordinal)) text.Append($"| {entry.Code} | {entry.Status} | {entry.Title} |\n");
        return text.ToString();
    }

    private static string Names(IEnumerable<string> fields) => string.Join(", ", fields.Select(f => $"`{f}`"));

    /// <summary>The fields of an event's payload, wherever its schema keeps them.</summary>
    private static IEnumerable<string> PayloadOf(Schema schema)
    {
        var at = schema.FindProperty("data") ?? schema;
        at = at.FindProperty("payload") ?? at;
        return at.AllProperties().Select(p => p.Key).Order(StringComparer.Ordinal);
    }

    private static string Words<T>(T value) where T : struct, Enum
    {
        var text = new StringBuilder();
        foreach (char c in value.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append(' ');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
