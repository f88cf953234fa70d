using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>What a centre has said of a part.</summary>
/// <param name="Part">As it was when it went.</param>
/// <param name="Status">Null for no answer.</param>
internal sealed record SmppSettlement(TextPart Part, uint? Status, string Id)
{
    public int Tries { get; init; }
}

/// <summary>Writes what one bind brings, and reads what goes by it.</summary>
internal sealed class SmppDesk(TextCarrier carrier, TextCarriers carriers, TextProgress progress, TextCarriersParts parts)
{
    private const int MostTries = 3;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10), Least = TimeSpan.FromMinutes(1);

    private readonly Database _store = parts.Store;
    private readonly SmppArrivals _arrivals = new(carrier, parts);
    private readonly List<SmppSettlement> _unsettled = [];
    private bool _hasKept = true, _omitsValidity;
    private long _strays;

    /// <summary>Receipts of texts that nobody knows, so far.</summary>
    public long Strays => Volatile.Read(ref _strays);

    private DateTimeOffset Now => _store.Time.GetUtcNow();

    public void BeginBind() => _arrivals.BeginBind();

    /// <summary>All that has been acknowledged so far is on the wire.</summary>
    public void Answered() => _arrivals.Answered();

    /// <summary>The centre has sent something.</summary>
    public void Heard() => _arrivals.Heard();

    public ValueTask EndBindAsync() => _arrivals.ConfirmAsync();

    public void Settle(SmppSettlement one) => _unsettled.Add(one);

    /// <summary>Writes down what the centre has said.</summary>
    /// <returns>False while something could not be written: nothing more goes until it is.</returns>
    public async ValueTask<bool> SettleAsync(CancellationToken stop)
    {
        if (_unsettled.Count == 0) return true;
        SmppSettlement[] batch = [.. _unsettled];
        _unsettled.Clear();
        // Together, so that one commit serves all; the writer keeps their order.
        var left = await Task.WhenAll(batch.Select(one => TrySettleAsync(one, stop).AsTask())).ConfigureAwait(false);
        _unsettled.AddRange(left.OfType<SmppSettlement>());
        if (_hasKept && batch.Any(one => one.Status is SmppStatus.Ok)) await TryKeptAsync(stop).ConfigureAwait(false);
        return _unsettled.Count == 0;
    }

    /// <summary>What an earlier bind left on the wire.</summary>
    public async ValueTask RecoverAsync(CancellationToken stop)
    {
        foreach (var part in await _store.TextParts.SubmittingAsync(carrier.Id, stop).ConfigureAwait(false))
            await _store.TextParts.ChangeAsync(part.Tenant, part.Text, (text, all) =>
                TextProgress.Unanswered(text, all, part.Number, part.Attempt, carrier.OnUnknown, Now), stop).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<ClaimedPart>> ClaimAsync(int most, CancellationToken stop) =>
        _store.TextParts.ClaimAsync(carrier.Id, most, Now, TextProgress.Doubt, stop);

    /// <summary>The part as it goes.</summary>
    /// <returns>Null when the carrier's way to cut texts was changed meanwhile: half of a text is none.</returns>
    public SmppMessage? MessageOf(ClaimedPart claimed, DateTimeOffset now)
    {
        var (text, part, total) = claimed;
        var all = SmppText.Write(text.Words, carrier.Alphabet, carrier.Joining, TextCarriers.ReferenceOf(text));
        if (all.Count != total) return null;
        var message = all[part.Number - 1];
        return message with
        {
            From = SmppAddress.Of(text.From), To = SmppAddress.Of(text.To), RegisteredDelivery = 1,
            Validity = text.ValidUntil is { } end && !_omitsValidity ? Relative(end - now) : "",
            Tlvs = [.. message.Tlvs, SmppTlv.Short(SmppTlv.UserMessageReference, (ushort)part.Reference)],
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
                var receipt = new KeptReceipt(Guid.CreateVersion7(Now), carrier.Id, said.Id, said.Outcome, said.Reference, said.Error,
                    message.From.Party, message.To.Party, Now);
                bool isKnown = await ApplyAsync(receipt, said.IsCertain, stop).ConfigureAwait(false);
                // Before the answer there may be the receipt: it waits for that.
                if (!isKnown && said is { IsCertain: true, Outcome: not SmppOutcome.OnItsWay })
                {
                    await _store.TextReceipts.KeepAsync(receipt, stop).ConfigureAwait(false);
                    _hasKept = true;
                }
                if (isKnown || said.IsCertain) return SmppStatus.Ok;
            }
            return await _arrivals.TakeAsync(came, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (fault is not StoreUnavailableException) parts.Log.ArrivalNotKept(fault, carrier.Name);
            return SmppStatus.TemporaryAppError;
        }
    }

    /// <summary>Every few seconds: what has waited long enough.</summary>
    public async ValueTask KeepUpAsync(CancellationToken stop)
    {
        try
        {
            await _arrivals.KeepUpAsync(stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StoreUnavailableException))
        {
            // One text that cannot be put together stops no other.
            parts.Log.ArrivalNotKept(fault, carrier.Name);
        }
        if (!_hasKept) return;
        await TryKeptAsync(stop).ConfigureAwait(false);
        foreach (var receipt in await _store.TextReceipts.ListAsync(carrier.Id, stop).ConfigureAwait(false))
        {
            if (Now - receipt.ReceivedAt < Kept) continue;
            await _store.TextReceipts.RemoveAsync(receipt.Id, stop).ConfigureAwait(false);
            Interlocked.Increment(ref _strays);
            parts.Log.StrayReceipt(carrier.Name, receipt.CentreId, receipt.Outcome);
        }
    }

    /// <returns>Null when it is written, or given up.</returns>
    private async ValueTask<SmppSettlement?> TrySettleAsync(SmppSettlement one, CancellationToken stop)
    {
        if (one.Status is SmppStatus.BadValidity or SmppStatus.BadSchedule) _omitsValidity = true;
        try
        {
            await _store.TextParts.ChangeAsync(one.Part.Tenant, one.Part.Text, (text, all) => one.Status is { } status
                ? progress.Answered(text, all, one.Part.Number, one.Part.Attempt, status, one.Id,
                    status is SmppStatus.Ok ? null : carriers.Next(text, carrier.Id), Now)
                : TextProgress.Unanswered(text, all, one.Part.Number, one.Part.Attempt, carrier.OnUnknown, Now), stop)
                .ConfigureAwait(false);
            return null;
        }
        catch (StoreUnavailableException)
        {
            return one;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            parts.Log.AnswerNotWritten(fault, carrier.Name, one.Part.Text);
            // What can never be written would stop all others: the text ends in doubt.
            return one.Tries + 1 < MostTries ? one with { Tries = one.Tries + 1 } : null;
        }
    }

    private async ValueTask TryKeptAsync(CancellationToken stop)
    {
        try
        {
            var kept = await _store.TextReceipts.ListAsync(carrier.Id, stop).ConfigureAwait(false);
            _hasKept = kept.Count > 0;
            foreach (var receipt in kept)
                if (await ApplyAsync(receipt, isCertain: true, stop).ConfigureAwait(false))
                    await _store.TextReceipts.RemoveAsync(receipt.Id, stop).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // They are looked at again within seconds: no reason to lose the bind.
            if (fault is not StoreUnavailableException) parts.Log.ArrivalNotKept(fault, carrier.Name);
        }
    }

    /// <param name="isCertain">The centre marked it as a receipt: else a person may have typed it.</param>
    /// <returns>False when nobody knows the text.</returns>
    private async ValueTask<bool> ApplyAsync(KeptReceipt receipt, bool isCertain, CancellationToken stop)
    {
        if (await FindAsync(receipt, isCertain, stop).ConfigureAwait(false) is not { } part) return false;
        await _store.TextParts.ChangeAsync(part.Tenant, part.Text,
            (text, all) => progress.Receipt(text, all, part.Number, receipt, Now), stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// By the centre's id as it was answered, then by that in another base when the recipient fits; then by what we sent with the part;
    /// then the one part between the two whose answer was lost.
    /// </summary>
    private async ValueTask<TextPart?> FindAsync(KeptReceipt receipt, bool isCertain, CancellationToken stop)
    {
        if (receipt.CentreId.Length > 0)
        {
            var names = SmppReceipt.NamesOf(receipt.CentreId);
            var known = await _store.TextParts.OfCentreAsync(carrier.Id, names, stop).ConfigureAwait(false);
            // A centre that uses an id again means its newest text. What a person may have typed counts for texts to that person alone.
            if (isCertain && known.FirstOrDefault(one => SmppReceipt.Normal(one.CentreId ?? "") == names[0]) is { } exact) return exact;
            foreach (var part in known)
                if (await _store.Texts.FindAsync(part.Tenant, part.Text, stop).ConfigureAwait(false) is { } text && text.To == receipt.From)
                    return part;
        }
        var open = await _store.TextParts.DoubtfulAsync(carrier.Id, receipt.To, receipt.From, stop).ConfigureAwait(false);
        if (receipt.Reference is { } reference) return open.FirstOrDefault(one => one.Reference == reference);
        return open is [{ State: TextPartState.InDoubt or TextPartState.Closed } only] ? only : null;
    }

    /// <summary>A span as SMPP writes it (section 7.1.1).</summary>
    private static string Relative(TimeSpan span)
    {
        var left = span > Least ? span : Least;
        return $"0000{Math.Min(left.Days, 30):00}{left.Hours:00}{left.Minutes:00}{left.Seconds:00}000R";
    }
}
