using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Texts;

namespace Ringwright.Texml.Verbs;

/// <summary>Sends a text, to whoever the call is with: a verb of the first clients, which documents of calls still have.</summary>
internal static class SmsVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        var leg = call.Leg;
        var (own, party) = leg.Direction is Direction.Inbound ? (leg.To, leg.From) : (leg.From, leg.To);
        string? callback = values.Filled("statusCallback") is { } said
            ? await Actions.ResolveAsync(call, said, "statusCallback", TargetUse.Webhook) : null;
        var order = new TextOrder(leg.Tenant, NumberIn(call, values, "from") ?? own, NumberIn(call, values, "to") ?? party, element.Text)
        {
            Callback = callback is null ? null : new(callback),
        };
        var (text, fault) = await SendAsync(call, order);
        if (fault is not null) await call.WarnAsync($"Sms was not sent: {fault} ({element.At})");
        return await Actions.GoAsync(call, values, text is null ? TextWords.Unsent : [.. TextWords.OfSent(text)], usesDocument: false);
    }

    private static async ValueTask<(TextMessage? Text, string? Fault)> SendAsync(DocumentCall call, TextOrder order)
    {
        if (call.Parts.Texts is not { } texts) return (null, "this node sends no texts");
        if (call.Texts == Limits.TextsOfAnswer) return (null, $"documents of this call have sent {Limits.TextsOfAnswer}");
        call.Texts++;
        // A caller who hangs up in this moment does not take it back.
        var (text, obstacle) = await call.AskAsync(stop => texts.SendAsync(order, stop), outlivesCall: true);
        return (text, obstacle?.Said);
    }

    private static string? NumberIn(DocumentCall call, VerbValues values, string name) =>
        values.Filled(name) is { } written ? WrittenNumber.Read(written, call.Language.TakesNationalNumbers) : null;
}
