using System.Globalization;
using Ringwright.Calls;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>Asks the far end to call somebody else in our place.</summary>
internal static class ReferVerb
{
    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        string? to = element.Children.FirstOrDefault(child => child.Name == "Sip")?.Text;
        if (to?.StartsWith("sip", StringComparison.OrdinalIgnoreCase) is not true)
        {
            await call.WarnAsync($"Refer needs a Sip with a SIP URI ({element.At})");
            return Step.Next;
        }
        await call.AnswerAsync();
        if (!await call.TrySendAsync(new LegCommand.Refer(to), "Refer")) return Step.Next;
        var ended = await call.NextAsync<CallEvent.ReferEnded>();
        return await Actions.GoAsync(call, values,
        [
            new("ReferCallStatus", ended.IsSuccess ? "completed" : "failed"),
            new("ReferSipResponseCode", ended.SipStatus.ToString(CultureInfo.InvariantCulture)),
        ], usesDocument: false);
    }
}
