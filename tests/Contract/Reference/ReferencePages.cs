using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Chakra;
using Ringwright.Contract.Telnyx;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telefonie;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Voice;
using Ringwright.Testing;
using Ringwright.Texml.Twiml;
using Ringwright.Voipbin;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the pages of <c>docs/reference</c> that are data in another form.</summary>
internal static class ReferencePages
{
    private static readonly Http.Contract Contract = TelnyxContract.Read();
    private static readonly Coverage Covered = Coverage.Of(Contract, TelnyxBindings.ReadOnly(Contract), TelnyxEvents.Emitted,
        Conformance.Rows.Proven);

    public static string WriteCoverage()
    {
        var text = new StringBuilder($"""
            # Coverage

            {Covered.Real} of {Covered.Total} operations and {Covered.RealEvents} of {Covered.TotalEvents} webhook events are in. Every operation has its address, checks the key and the request
            against the contract; one that is not in answers 501 with the reason (and `x-should-retry: false`), never a pretended success.
            {Covered.Parameters.Total} parameters have the {Covered.Real} operations: {Covered.Parameters.Acting} act, {Covered.Parameters.Stored} are stored and shown without effect, {Covered.Parameters.Refused} are refused by name
            ([which, and why](parameters.md)); none is dropped in silence.
            {Covered.Proven} are proven: a test walks them on a running node, with good requests, with each thing that can be wrong, and to the end of what they made
            ([how](../how-to/prove-an-operation.md)).
            This page is written from the binding tables; `ringwright contract --all` prints the same.

            ## Operations that are in

            | operation | | proven |
            |---|---|---|

            """);
        foreach (var (operation, _, isProven) in Covered.Families.SelectMany(f => f.Operations).Where(o => o.Reason is null)
                .OrderBy(o => o.Operation.Path, StringComparer.Ordinal).ThenBy(o => o.Operation.Method, StringComparer.Ordinal))
            text.Append(
                $"| `{operation.Id}` | `{operation.Method} {TelnyxDialect.Root}{operation.Path}` | {(isProven ? "yes" : "no")} |\n");
        text.Append("\n## By family\n\n| family | in | proven | of | parameters: act | stored | refused | what is missing |\n"
            + "|---|---|---|---|---|---|---|---|\n");
        foreach (var family in Covered.Families)
        {
            var reasons = family.Operations.Select(o => o.Reason).OfType<string>()
                .Select(r => r.Replace("Not built yet: ", "", StringComparison.Ordinal).TrimEnd('.'))
                .Distinct(StringComparer.Ordinal).ToList();
            text.Append($"| {family.Family} | {family.Real} | {family.Proven} | {family.Total} | {family.Parameters.Acting} | "
                + $"{family.Parameters.Stored} | {family.Parameters.Refused} | {string.Join("; ", reasons)} |\n");
        }
        return text.Append(WriteTwiml()).Append(WriteDocuments()).Append(WriteDialer()).Append(WriteTelefonie()).Append(WriteLog())
            .Append(WalkedSection.Write()).ToString();
    }

    /// <summary>The root of another provider's clients, counted by itself.</summary>
    private static string WriteTwiml()
    {
        var contract = TwimlContract.Read();
        var covered = Coverage.Of(contract, TwimlBindings.ReadOnly(contract), []);
        var text = new StringBuilder($"""

            ## The root of TwiML

            {covered.Real} of the {covered.Total} operations below `{TwimlDialect.Root}` are in ([by the SDK's methods](twilio-sdk.md)); the others answer 501 with the reason.
            Of their {covered.Parameters.Total} parameters {covered.Parameters.Acting} act, and {covered.Parameters.Refused} are refused by name. They are not counted above.

            | family | in | of | parameters: act | refused | what is missing |
            |---|---|---|---|---|---|

            """);
        foreach (var family in covered.Families)
        {
            var reasons = family.Operations.Select(o => o.Reason).OfType<string>()
                .Select(r => r[(r.IndexOf(": ", StringComparison.Ordinal) + 2)..].TrimEnd('.'))
                .Distinct(StringComparer.Ordinal);
            text.Append($"| {family.Family} | {family.Real} | {family.Total} | {family.Parameters.Acting} | {family.Parameters.Refused} | "
                + $"{string.Join("; ", reasons)} |\n");
        }
        return text.ToString();
    }

    /// <summary>Attributes of documents, and by what a test sees each.</summary>
    private static string WriteDocuments()
    {
        var rows = Golden.Read("texml/observables.tsv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split('\t')).ToList();
        var unseen = rows.Where(row => row[3] is "-").ToList();
        var text = new StringBuilder($"""

            ## Attributes of documents

            {rows.Count} attributes of [verbs and nouns](texml.md) are tried one by one. Of {rows.Count - unseen.Count} a row of `tests/golden/texml/observables.tsv` names what each changes of
            what is asked of the call; the other {unseen.Count} are heard, or need another attribute beside them, and have tests of their own or none.

            | element | attributes without an observable |
            |---|---|

            """);
        foreach (var element in unseen.GroupBy(row => row[1]))
            text.Append($"| `{element.Key}` | {string.Join(", ", element.Select(row => $"`{row[2]}`"))} |\n");
        return text.ToString();
    }

    /// <summary>The dialer's API, counted by itself.</summary>
    private static string WriteDialer()
    {
        var contract = VoipbinContract.Read();
        var covered = Coverage.Of(contract, VoipbinBindings.ReadOnly(contract), [.. contract.Events.Select(told => told.Name)]);
        var text = new StringBuilder($"""

            ## The dialer's API

            {covered.Real} of the {covered.Total} operations below `{VoipbinDialect.Root}` and `/auth` and {covered.RealEvents} of {covered.TotalEvents} events are in
            ([what differs](voipbin.md)); the others answer 501 with the reason. They are not counted above.

            | family | in | of | what is missing |
            |---|---|---|---|

            """);
        foreach (var family in covered.Families)
            text.Append($"| {family.Family} | {family.Real} | {family.Total} | "
                + $"{string.Join("; ", family.Operations.Select(o => o.Reason).OfType<string>().Distinct(StringComparer.Ordinal))} |\n");
        return text.ToString();
    }

    /// <summary>Telefonie, counted by itself.</summary>
    private static string WriteTelefonie()
    {
        var contract = TelefonieContract.Read();
        var covered = Coverage.Of(contract, TelefonieBindings.ReadOnly(contract),
            [Ringwright.Telefonie.Calling.TelefonieProjector.EventName]);
        var text = new StringBuilder($"""

            ## Telefonie

            {covered.Real} of the {covered.Total} operations below `{TelefonieDialect.Root}` and {covered.RealEvents} of {covered.TotalEvents} events are in ([what they do](telefonie.md)); the others answer 501
            with the reason. Of their {covered.Parameters.Total} parameters {covered.Parameters.Acting} act, and {covered.Parameters.Refused} are refused by name. They are not counted above.

            | family | in | of | what is missing |
            |---|---|---|---|

            """);
        foreach (var family in covered.Families)
            text.Append($"| {family.Family} | {family.Real} | {family.Total} | "
                + $"{string.Join("; ", family.Operations.Select(o => o.Reason).OfType<string>().Distinct(StringComparer.Ordinal))} |\n");
        return text.ToString();
    }

    /// <summary>The call log, counted by itself.</summary>
    private static string WriteLog()
    {
        var contract = ChakraContract.Read();
        var covered = Coverage.Of(contract, ChakraBindings.ReadOnly(contract), []);
        var text = new StringBuilder($"""

            ## The call log

            {covered.Real} of the {covered.Total} operations below `{ChakraDialect.Root}` are in ([reference](chakra.md)); the others answer 501 with the reason.
            They are not counted above.

            | family | in | of | what is missing |
            |---|---|---|---|

            """);
        foreach (var family in covered.Families)
            text.Append($"| {family.Family} | {family.Real} | {family.Total} | "
                + $"{string.Join("; ", family.Operations.Select(o => o.Reason).OfType<string>().Distinct(StringComparer.Ordinal))} |\n");
        return text.ToString();
    }

    public static string WriteParameters()
    {
        var text = new StringBuilder($"""
            # Parameters

            What becomes of each of the {Covered.Parameters.Total} parameters that the {Covered.Real} operations have, in the contract and in the types
            of the newest SDK: {Covered.Parameters.Acting} act, {Covered.Parameters.Stored} are stored and shown with their resource and have no effect,
            {Covered.Parameters.Refused} are refused. Who asks for something by one that is refused gets 422 with code 10015; the detail begins with 10041
            and the parameter's name. A value that asks for nothing passes: null, `false`, an empty text, list or object, `disabled`, `none`, and the
            default of the contract or of `contracts/telnyx/defaults.tsv`. What is inside of a parameter that is refused has no line of its
            own. Written from `contracts/telnyx/parameters.tsv`; a *newer* parameter stands in the SDK's types and not in the contract.

            """);
        foreach (var operation in Covered.Families.SelectMany(f => f.Operations).Select(o => o.Operation).Where(o => o.Rules.Count > 0)
            .OrderBy(o => o.Path, StringComparer.Ordinal).ThenBy(o => o.Method, StringComparer.Ordinal))
        {
            text.Append($"\n## `{operation.Method} {operation.Path}`\n\n");
            if (Names(operation.Rules.Where(r => r.Effect is ParameterEffect.Acts).Select(r => r.Name)) is { Length: > 0 } acting)
                text.Append($"{acting}\n");
            if (operation.Rules.All(r => r.Effect is ParameterEffect.Acts)) continue;
            text.Append("\n| does not act | | why |\n|---|---|---|\n");
            foreach (var rule in operation.Rules.Where(r => r.Effect is not ParameterEffect.Acts))
                text.Append($"| `{rule.Name}`{(rule.IsOfContract ? "" : " (newer)")} | "
                    + $"{(rule.Effect is ParameterEffect.Stored ? "stored" : "refused")}"
                    + $"{(rule.In is ParameterPlace.Body ? "" : $", {rule.In.ToString().ToLowerInvariant()}")} | {rule.Reason} |\n");
        }
        return text.ToString();
    }

    public static string WriteEvents()
    {
        var text = new StringBuilder($"""
            # Webhook events

            {Covered.RealEvents} of the contract's {Covered.TotalEvents} events are sent, each signed (Ed25519 and Standard Webhooks), each after it was
            committed to the ledger. The first attempts of one call's events go out in the order in which the events happened. This page is written from
            webhooks that the program made: what stands here is in the payload, some of it only where the call has it (`media_url` or `media_name`,
            `gather_id`). Fields of the contract that are not sent, and fields and events beside it, are named.

            """);
        var sent = SentEvents.Webhooks.Concat(SentEvents.Beside.Select(e => SentEvents.Project(e)))
            .GroupBy(m => m.EventType, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal);
        foreach (var webhooks in sent)
        {
            var fields = webhooks.SelectMany(m => JsonNode.Parse(m.Body)!["payload"]!.AsObject().Select(f => f.Key)).Distinct()
                .Order(StringComparer.Ordinal).ToList();
            var announced =
                Contract.Events.FirstOrDefault(e => e.Types.Contains(webhooks.Key)) is { } known ? PayloadOf(known.Schema).ToList() : null;
            text.Append($"\n## `{webhooks.Key}`\n\n{Names(fields)}\n");
            if (announced is null) text.Append("\nBeside the contract: the event itself.\n");
            else if (fields.Except(announced).ToList() is { Count: > 0 } beside) text.Append($"\nBeside the contract: {Names(beside)}.\n");
            if (announced?.Except(fields).ToList() is { Count: > 0 } missing)
                text.Append($"\nOf the contract, not sent: {Names(missing)}.\n");
        }
        text.Append("\n## Not sent yet\n\n").Append(string.Join(", ", Covered.Events.Where(e => !e.IsReal)
            .Select(e => $"`{e.Event.Types.FirstOrDefault() ?? e.Event.Name}`").Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal))).Append('\n');
        return text.ToString();
    }

    public static string WriteErrors()
    {
        var catalogue = TelnyxContract.ReadErrors();
        var text = new StringBuilder("""
            # Errors

            An error is `{"errors": [{"code", "title", "detail", "source": {"pointer"}}]}`; `code` is stable, `detail` is for people, `pointer` names the field.
            A [parameter](parameters.md) that is not built has 10015, and a detail that begins with 10041 and its name.

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
        foreach (var entry in catalogue.Entries.OrderBy(e => e.Code, StringComparer.Ordinal))
            text.Append($"| {entry.Code} | {entry.Status} | {entry.Title} |\n");
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
