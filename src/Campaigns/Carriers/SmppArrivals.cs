using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Campaigns.Texts;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// Texts that a centre brings: each is an account's row, with its webhook and what comes of its words, before the centre is told.
/// </summary>
internal sealed class SmppArrivals(TextCarrier carrier, TextCarriersParts parts)
{
    private const int LongestSender = 32, MostParts = 255;
    /// <summary>So long the other parts of a text are waited for.</summary>
    private static readonly TimeSpan PartsLimit = TimeSpan.FromMinutes(10);

    private readonly Database _store = parts.Store;
    private Guid _bind;
    // Counts of this bind: what came, what was answered, what the centre has heard of, and what of that is written.
    private int _came, _answered, _confirmed, _written;

    private DateTimeOffset Now => _store.Time.GetUtcNow();

    public void BeginBind() => (_bind, _came, _answered, _confirmed, _written) = (Guid.CreateVersion7(Now), 0, 0, 0, 0);

    public void Answered() => _answered = _came;

    public void Heard() => _confirmed = _answered;

    /// <summary>What the centre has certainly heard of is no repeat when it comes again.</summary>
    public async ValueTask ConfirmAsync()
    {
        if (_confirmed <= _written) return;
        try
        {
            await _store.TextArrivals.ConfirmAsync(carrier.Id, _bind, _confirmed, CancellationToken.None).ConfigureAwait(false);
            _written = _confirmed;
        }
        catch (StoreUnavailableException)
        {
            // Then an equal text within minutes is taken for the same.
        }
    }

    /// <returns>What the centre is told.</returns>
    public async ValueTask<uint> TakeAsync(SmppNews.Came came, CancellationToken stop)
    {
        var message = came.Message;
        string from = message.From.Party, to = message.To.Party;
        if (await parts.Desk.FindReceiverAsync(to, stop).ConfigureAwait(false) is not { } receiver)
            return Refuse(SmppStatus.BadDestination, "it is to no number of this node that takes texts");
        if (from.Length is 0 or > LongestSender) return Refuse(SmppStatus.BadSource, "nobody sends it");
        if (await parts.Desk.IsFromHereAsync(from, stop).ConfigureAwait(false))
            return Refuse(SmppStatus.BadSource, "it says that it is from a number of this node");
        var octets = SmppText.BodyOf(message);
        int coding = SmppText.CodingOf(message);
        if (SmppText.Read(octets.Span, coding, carrier.Alphabet) is not { } words)
            return Refuse(SmppStatus.PermanentAppError, $"its data coding {message.DataCoding} is that of no text");
        var part = SmppText.PartOf(message);
        if (part is null ? TextCut.Of(words).Parts.Count > MostParts : octets.Length > SmppMessage.LongestShort)
            return Refuse(SmppStatus.BadMessageLength, "it is longer than any text is");
        var arrival = new TextArrival(carrier.Id, _bind, ++_came, _confirmed, came.Request.Body, Now);
        _written = _confirmed;
        if (part is { } known)
        {
            var fragment = new TextFragment(receiver.Tenant, carrier.Id, from, to, known.Reference, known.Total, known.Number,
                coding, octets.ToArray(), Now);
            TextMessage? joined = null;
            bool isWhole = await _store.TextArrivals.AddAsync(arrival, fragment, all =>
            {
                var made = Join(all, receiver, fault: null);
                joined = made.Come;
                return made;
            }, stop).ConfigureAwait(false);
            Show(isWhole ? joined : null);
            return SmppStatus.Ok;
        }
        var (come, reception) = Receive(from, to, words, count: null, receiver, fault: null);
        if (await _store.TextArrivals.AddAsync(arrival, come, reception, stop).ConfigureAwait(false)) Show(come);
        return SmppStatus.Ok;
    }

    /// <summary>What has waited for its other parts long enough is told as it is.</summary>
    public async ValueTask KeepUpAsync(CancellationToken stop)
    {
        await ConfirmAsync().ConfigureAwait(false);
        foreach (var one in await _store.TextArrivals.WaitingAsync(carrier.Id, Now - PartsLimit, stop).ConfigureAwait(false))
        {
            // The number may take no texts any more: then there is nobody to tell but the operator. The centre heard that it is here.
            if (await parts.Desk.FindReceiverAsync(one.To, stop).ConfigureAwait(false) is not { } receiver || receiver.Tenant != one.Tenant)
            {
                await _store.TextArrivals.DropAsync(one, stop).ConfigureAwait(false);
                parts.NoteRefused(carrier.Name, "parts of it waited for the others, and meanwhile its number has ceased to take texts");
            }
            else
            {
                TextMessage? joined = null;
                await _store.TextArrivals.EndAsync(one, all =>
                {
                    // All are here when two nodes had the last two in one moment, and neither saw the other's.
                    var made = Join(all, receiver, all.Count == one.Total ? null : TextFault.BadBody);
                    joined = made.Come;
                    return made;
                }, stop).ConfigureAwait(false);
                Show(joined);
            }
        }
    }

    /// <summary>What is written is for the phones of its number, too.</summary>
    private void Show(TextMessage? come)
    {
        if (come is not null) parts.Phones?.Show(come);
    }

    private (TextMessage Come, TextReception Reception) Join(IReadOnlyList<TextFragment> all, TextReceiver receiver, TextFault? fault)
    {
        var words = new System.Text.StringBuilder();
        for (int i = 0; i < all.Count;)
        {
            int coding = all[i].Coding;
            var octets = new List<byte>();
            // Only what stands side by side: where a part is missing, its neighbours are read by themselves.
            do octets.AddRange(all[i].Octets);
            while (++i < all.Count && all[i].Coding == coding && all[i].Number == all[i - 1].Number + 1);
            words.Append(SmppText.Read([.. octets], coding, carrier.Alphabet));
        }
        return Receive(all[0].From, all[0].To, words.ToString(), all.Count, receiver, fault);
    }

    private (TextMessage Come, TextReception Reception) Receive(string from, string to, string words, int? count, TextReceiver receiver,
        TextFault? fault)
    {
        var cut = TextCut.Of(words);
        return parts.Desk.Receive(new(from, to, words, cut.Encoding, count ?? cut.Parts.Count) { IsFromAway = true, Fault = fault },
            receiver, Now);
    }

    private uint Refuse(uint status, string why)
    {
        parts.NoteRefused(carrier.Name, why);
        return status;
    }
}
