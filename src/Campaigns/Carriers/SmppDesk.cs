using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>The desk of a bind: it writes what the centre brings, too.</summary>
internal sealed class SmppDesk(TextCarrier carrier, TextCarriers carriers, TextProgress progress, TextCarriersParts parts)
    : CarrierDesk(carrier, carriers, progress, parts)
{
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    private readonly SmppArrivals _arrivals = new(carrier, parts);
    private bool _omitsValidity, _omitsReference;

    public void BeginBind() => _arrivals.BeginBind();

    /// <summary>All that has been acknowledged so far is on the wire.</summary>
    public void Answered() => _arrivals.Answered();

    /// <summary>The centre has sent something.</summary>
    public void Heard() => _arrivals.Heard();

    public ValueTask EndBindAsync() => _arrivals.ConfirmAsync();

    public override void Settle(PartAnswer one)
    {
        if (one.Status is SmppStatus.BadValidity or SmppStatus.BadSchedule) _omitsValidity = true;
        if (one.Status is { } status && SmppStatus.RefusesTlvs(status)) _omitsReference = true;
        base.Settle(one);
    }

    /// <summary>The part as it goes.</summary>
    /// <returns>Null when the carrier's way to cut texts was changed meanwhile: half of a text is none.</returns>
    public SmppMessage? MessageOf(ClaimedPart claimed, DateTimeOffset now)
    {
        var (text, part, total) = claimed;
        var all = TextCarriers.MessagesOf(text, Carrier);
        if (all.Count != total) return null;
        var message = all[part.Number - 1];
        return message with
        {
            From = SmppAddress.Of(text.From),
            To = SmppAddress.Of(text.To),
            RegisteredDelivery = (byte)(Carrier.HasReceipts ? 1 : 0),
            Validity = text.ValidUntil is { } end && !_omitsValidity ? Relative(end - now) : "",
            Tlvs = _omitsReference ? message.Tlvs
                : [.. message.Tlvs, SmppTlv.Short(SmppTlv.UserMessageReference, (ushort)part.Reference)],
        };
    }

    /// <summary>Takes a receipt or a text, and writes it.</summary>
    /// <returns>What the centre is told: unless it is 0, it keeps what it brought, or gives it up.</returns>
    public async ValueTask<uint> TakeAsync(SmppNews.Came came, CancellationToken stop)
    {
        try
        {
            var message = came.Message;
            if (SmppReceipt.Of(message) is { } said)
            {
                var receipt = new KeptReceipt(Guid.CreateVersion7(Now), Carrier.Id, said.Id, said.Outcome, said.Reference, said.Error,
                    message.From.Party, message.To.Party, Now);
                if (await TakeReceiptAsync(receipt, said.IsCertain, stop).ConfigureAwait(false)) return SmppStatus.Ok;
            }
            return await _arrivals.TakeAsync(came, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (fault is not StoreUnavailableException) Parts.Log.ArrivalNotKept(fault, Carrier.Name);
            return SmppStatus.TemporaryAppError;
        }
    }

    public override async ValueTask KeepUpAsync(CancellationToken stop)
    {
        try
        {
            await _arrivals.KeepUpAsync(stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StoreUnavailableException))
        {
            // One text that cannot be put together stops no other.
            Parts.Log.ArrivalNotKept(fault, Carrier.Name);
        }
        await base.KeepUpAsync(stop).ConfigureAwait(false);
    }

    /// <summary>A span as SMPP writes it (section 7.1.1).</summary>
    private static string Relative(TimeSpan span)
    {
        var left = span > Least ? span : Least;
        return $"0000{Math.Min(left.Days, 30):00}{left.Hours:00}{left.Minutes:00}{left.Seconds:00}000R";
    }
}
