using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>What a carrier sends by HTTP: each receipt and each text is written before the carrier is told so.</summary>
internal sealed class HttpArrivals(TextCarrier carrier, HttpTextWay way, CarrierDesk desk, TextCarriersParts parts)
{
    private const int LongestSender = 32, MostParts = 255, MostAtOnce = 1_000, LongestWord = 64;

    private DateTimeOffset Now => parts.Store.Time.GetUtcNow();

    public async ValueTask<HttpTextCome> TakeAsync(JsonNode? sent, CancellationToken stop)
    {
        if (way.Read(sent) is not { Count: <= MostAtOnce } all)
            return Refuse("it is neither a receipt nor a text as its way says, or more than a thousand at once");
        var outcome = HttpTextCome.Done;
        foreach (var one in all)
        {
            // The rest is taken, whatever one of them is: a carrier sends all of them again, or none.
            if (await TakeAsync(one, stop).ConfigureAwait(false) is not HttpTextCome.Done and var other) outcome = other;
        }
        return outcome;
    }

    private async ValueTask<HttpTextCome> TakeAsync(HttpTextSaid said, CancellationToken stop)
    {
        if (said is HttpTextSaid.Text text) return await TakeAsync(text, stop).ConfigureAwait(false);
        var receipt = (HttpTextSaid.Receipt)said;       // there are two
        await desk.TakeReceiptAsync(new(Guid.CreateVersion7(Now), carrier.Id, receipt.Id, receipt.Outcome, Reference: null,
            receipt.Outcome is SmppOutcome.Delivered ? null : Clipped.Of(receipt.Word, LongestWord),
            receipt.Recipient, receipt.Sender, Now), isCertain: true, stop).ConfigureAwait(false);
        return HttpTextCome.Done;
    }

    private async ValueTask<HttpTextCome> TakeAsync(HttpTextSaid.Text text, CancellationToken stop)
    {
        var (_, from, to, words) = text;
        if (await parts.Desk.FindReceiverAsync(to, stop).ConfigureAwait(false) is not { } receiver)
            return Refuse("it is to no number of this node that takes texts");
        if (from.Length is 0 or > LongestSender) return Refuse("nobody sends it");
        if (await parts.Desk.IsFromHereAsync(from, stop).ConfigureAwait(false))
            return Refuse("it says that it is from a number of this node");
        var cut = TextCut.Of(words);
        if (cut.Parts.Count > MostParts) return Refuse("it is longer than any text is");
        var (come, reception) = parts.Desk.Receive(new(from, to, words, cut.Encoding, cut.Parts.Count) { IsFromAway = true }, receiver,
            Now);
        if (await parts.Store.TextArrivals.AddOnceAsync(carrier.Id, text.Id, Now, come, reception, stop).ConfigureAwait(false))
            parts.Phones?.Show(come);
        return HttpTextCome.Done;
    }

    private HttpTextCome Refuse(string why)
    {
        parts.NoteRefused(carrier.Name, why);
        return HttpTextCome.Refused;
    }
}
