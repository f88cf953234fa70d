using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Campaigns.Texts;

/// <summary>What sends texts uses.</summary>
public sealed record TextCourierParts
{
    public required Database Store { get; init; }
    public required ITextFace Face { get; init; }
    public required NumberingPlans Plans { get; init; }
    /// <summary>Asked once more before a text leaves; null where nothing dials.</summary>
    public IDialGate? Gate { get; init; }
    /// <summary>At which hours texts may arrive; null where nobody keeps any.</summary>
    public TextHours? Hours { get; init; }
    /// <summary>What live calls hold; null where none lives.</summary>
    public IHolds? Holds { get; init; }
    /// <summary>Who has numbers of a lab; null without one.</summary>
    public ITextPeople? People { get; init; }
    /// <summary>Phones of the node's numbers; null where none registers.</summary>
    public TextPhones? Phones { get; init; }
    /// <summary>Ways out of the node; null without any.</summary>
    public ITextWays? Ways { get; init; }
    public required ILogger Log { get; init; }
}

/// <summary>
/// Sends the texts that are due, those of one moment in the order in which they came. All of it is in the rows: a text that this process
/// did not send when it died is sent by the next one, and of two nodes that see the same one due, the state lets one send it. A text to a
/// number of this node is delivered in the transaction that makes the receiver's, so it is never there twice and never lost between.
/// </summary>
public sealed class TextCourier : IAsyncDisposable
{
    /// <summary>Between two own numbers, one way, in a minute; what is beyond are two programs that answer each other.</summary>
    public const int MostOfPair = 30;
    /// <summary>So long after it left somebody may still say whether the far end has it.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromMinutes(10);
    /// <summary>So long after the far end took it the word is waited for that it has arrived.</summary>
    public static readonly TimeSpan ReceiptLimit = TimeSpan.FromHours(72);

    private const int Batch = 100;
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromSeconds(5),
        Minute = TimeSpan.FromMinutes(1), GateRest = TimeSpan.FromSeconds(5), Second = TimeSpan.FromSeconds(1),
        LongestAway = TimeSpan.FromSeconds(15), Hour = TimeSpan.FromHours(1);

    private readonly TextCourierParts _parts;
    private readonly Database _store;
    private readonly TextDesk _desk;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private int _isClosed;

    public TextCourier(TextCourierParts parts) => (_parts, _store, _desk, _time) =
        (parts, parts.Store, new(parts.Store, parts.Face, parts.Plans, parts.Holds), parts.Store.Time);

    /// <summary>Looks at least so often: another node may have taken one in.</summary>
    public TimeSpan LongestSleep { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Begins with what an earlier process left.</summary>
    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>
    /// The longer a text has waited for whoever is away, the seldomer it is looked at, while it is valid: thousands may wait, and those for
    /// phones for days.
    /// </summary>
    internal static DateTimeOffset LookAgain(TextMessage text, DateTimeOffset now)
    {
        var waited = now - text.ReceivedAt;
        var (wait, longest) = (waited / 4 + Second, waited > Hour && text.ValidUntil - now > Hour ? Minute : LongestAway);
        var later = now + (wait < longest ? wait : longest);
        return text.ValidUntil is { } end && end < later ? end : later;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var (changed, now) = (_store.Texts.Changed, _time.GetUtcNow());
                var due = await _store.Texts.DueAsync(now, Batch, _stop.Token).ConfigureAwait(false);
                bool isWhole = true;
                foreach (var text in due) isWhole &= await TryAsync(text).ConfigureAwait(false);
                if (!isWhole) await RestAsync(AfterFault).ConfigureAwait(false);
                else if (due.Count == 0) await SleepAsync(changed, now).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                await RestAsync(WhileAway).ConfigureAwait(false);
            }
            catch (Exception fault)
            {
                _parts.Log.TextsNotRead(fault, AfterFault.TotalSeconds);
                await RestAsync(AfterFault).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What cannot be sent waits by itself: it stands first among those that are due, and would keep all others waiting.</summary>
    /// <returns>False when all rest for a while.</returns>
    private async ValueTask<bool> TryAsync(TextMessage text)
    {
        try
        {
            await StepAsync(text, _time.GetUtcNow()).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or StoreUnavailableException))
        {
            _parts.Log.TextNotSent(fault, text.Id, AfterFault.TotalSeconds);
            return await _store.Texts.MoveAsync(text with { DueAt = _time.GetUtcNow() + AfterFault }, text.State, null, _stop.Token)
                .ConfigureAwait(false);
        }
    }

    private async ValueTask StepAsync(TextMessage text, DateTimeOffset now)
    {
        if (text.State is TextState.Scheduled)
            await _store.Texts.MoveAsync(text with { State = TextState.Queued, DueAt = now }, TextState.Scheduled, null, _stop.Token)
                .ConfigureAwait(false);
        else if (text.State is TextState.Queued) await SendAsync(text, now).ConfigureAwait(false);
        else if (text.State is TextState.Sending && _parts.Ways is { } ways)
            await ways.LookAfterAsync(text, now, _stop.Token).ConfigureAwait(false);
        // Nobody has said what became of it.
        else await EndAsync(text, TextState.DeliveryUnconfirmed, TextFault.Unconfirmed, now).ConfigureAwait(false);
    }

    /// <summary>All is asked again: it may have waited for days.</summary>
    private async ValueTask SendAsync(TextMessage text, DateTimeOffset now)
    {
        var routing = _store.Routing.Current;
        if (text.ValidUntil is { } end && end <= now)
        {
            await EndAsync(text, TextState.Expired, TextFault.Expired, now).ConfigureAwait(false);
            return;
        }
        // All else is asked when there is a phone for it: what waits for one costs the others little.
        if (!text.IsMultimedia && _parts.Phones is { } all && all.OnlyUserOf(text.To) is { } absent && !all.IsThere(absent))
        {
            await WaitForPhoneAsync(text, now).ConfigureAwait(false);
            return;
        }
        bool isAnswer = TextDesk.IsOfPerson(text);
        // A short code of this node is no way's, whatever a carrier takes.
        bool isToCode = ShortCode.IsOne(text.To)
            && await _store.ShortCodes.FindAsync(text.To, _stop.Token).ConfigureAwait(false) is not null;
        if (!isAnswer && await FaultOfAsync(text, routing).ConfigureAwait(false) is { } fault)
        {
            await EndAsync(text, TextState.SendingFailed, fault, now).ConfigureAwait(false);
            return;
        }
        if (!isAnswer && _parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt
            {
                Tenant = text.Tenant, From = text.From, To = text.To, IsPriced = text.Price is not null, IsOnNet = isToCode,
            }).ConfigureAwait(false);
            if (answer.Refusal is Refusal.Overloaded)
            {
                await _store.Texts.MoveAsync(text with { DueAt = now + GateRest }, TextState.Queued, null, _stop.Token)
                    .ConfigureAwait(false);
                return;
            }
            if (!answer.IsOpen)
            {
                await EndAsync(text, TextState.SendingFailed, TextFault.NotAllowed, now).ConfigureAwait(false);
                return;
            }
        }
        if (!isAnswer && await WaitsForHoursAsync(text, now).ConfigureAwait(false)) return;
        // Files go from one account's rows to another's, and no other way.
        bool mayLeave = !text.IsMultimedia;
        if (mayLeave && _parts.People?.Find(text.To) is { } person && routing.FindOwnNumber(text.To) is null)
        {
            await ToPersonAsync(text, person, now).ConfigureAwait(false);
            return;
        }
        if (mayLeave && routing.FindOwnNumber(text.To) is null or { IsPortedOut: true } && _parts.Ways is { } ways && !isAnswer
            && !isToCode && await ways.TakeAsync(text, now, _stop.Token).ConfigureAwait(false)) return;
        var receiver = await _desk.FindReceiverAsync(text.To, _stop.Token).ConfigureAwait(false);
        string? user = receiver is null && mayLeave ? _parts.Phones?.OnlyUserOf(text.To) : null;
        if (receiver is null && user is null)
            await EndAsync(text, TextState.SendingFailed, TextFault.NoRoute, now).ConfigureAwait(false);
        else if (await _store.Texts.CountOfPairAsync(text, now - Minute, _stop.Token).ConfigureAwait(false) >= MostOfPair)
            await EndAsync(text, TextState.SendingFailed, TextFault.Loop, now).ConfigureAwait(false);
        else if (receiver is not null) await DeliverHereAsync(text, receiver, now).ConfigureAwait(false);
        else await ToPhonesAsync(text, user!, _parts.Phones!, now).ConfigureAwait(false);       // there is no receiver
    }

    /// <summary>Nobody else has it: it waits for a phone as long as it is valid.</summary>
    private async ValueTask ToPhonesAsync(TextMessage text, string user, TextPhones phones, DateTimeOffset now)
    {
        if (!phones.IsThere(user))
        {
            await WaitForPhoneAsync(text, now).ConfigureAwait(false);
            return;
        }
        var sent = text with { State = TextState.Sent, SentAt = now, DueAt = now + Doubt };
        bool isDone = await _store.Texts.DeliverAwayAsync(sent, answer: null,
            new() { Messages = _desk.Tell(sent, TextNews.Sent), Money = _desk.Charge(text, now) }, _stop.Token).ConfigureAwait(false);
        if (isDone) phones.Send(sent, user);
        else await ExpectLeftAsync(text).ConfigureAwait(false);
    }

    private async ValueTask WaitForPhoneAsync(TextMessage text, DateTimeOffset now) =>
        await _store.Texts.MoveAsync(text with { DueAt = LookAgain(text, now) }, TextState.Queued, null, _stop.Token).ConfigureAwait(false);

    /// <returns>False when it may arrive now; else it waits until it may, or goes no further.</returns>
    private async ValueTask<bool> WaitsForHoursAsync(TextMessage text, DateTimeOffset now)
    {
        if (_parts.Hours is not { } hours) return false;
        var next = await hours.NextAsync(text, now, _stop.Token).ConfigureAwait(false);
        if (next == now) return false;
        if (next is { } later && (text.ValidUntil is not { } end || later < end))
            await _store.Texts.MoveAsync(text with { DueAt = later }, TextState.Queued, null, _stop.Token).ConfigureAwait(false);
        else await EndAsync(text, TextState.SendingFailed, TextFault.NotAllowed, now).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<TextFault?> FaultOfAsync(TextMessage text, RoutingSnapshot routing)
    {
        if (routing.FindTenant(text.Tenant) is not { IsDisabled: false }) return TextFault.AccountDisabled;
        if (await _parts.Face.FindAsync(text.Tenant, text.Profile, text.From, _stop.Token).ConfigureAwait(false)
                is not { IsEnabled: true } rules)
            return TextFault.ProfileDisabled;
        if (!await _desk.MaySendAsync(text, rules, _stop.Token).ConfigureAwait(false)) return TextFault.SenderGone;
        foreach (string said in (string[])[text.Words, text.Subject])
            if (said.Length > 0 && await _store.TextContents.FindInAsync(said, _stop.Token).ConfigureAwait(false) is not null)
                return TextFault.NotAllowed;
        // The confirmation of stop alone passes the rule that it confirms.
        bool isConfirmation = text is { IsAutomatic: true, Keyword: TextKeyword.Stop };
        return !isConfirmation && await _store.TextBlocks.HasAsync(text.Tenant, text.Profile, text.To, _stop.Token).ConfigureAwait(false)
            ? TextFault.Blocked : null;
    }

    private async ValueTask DeliverHereAsync(TextMessage text, TextReceiver receiver, DateTimeOffset now)
    {
        var sent = text with { State = TextState.Sent, SentAt = now };
        var delivered = sent with { State = TextState.Delivered, CompletedAt = now, DueAt = null };
        var (come, reception) = _desk.Receive(
            new(text.From, text.To, text.Words, text.Encoding, text.Parts)
            {
                IsAutomatic = text.IsAutomatic,
                Subject = text.Subject,
                Group = text.Facts[TextDesk.Group] as JsonObject,
                Hops = text.Hops,
                Media = !text.IsMultimedia ? null : [.. text.Media.Select(one => one with { Id = Guid.CreateVersion7(now) })],
            }, receiver, now,
            [.. _desk.Tell(sent, TextNews.Sent), .. _desk.Tell(delivered, TextNews.Finalized)], _desk.Charge(text, now));
        bool isDone = await _store.Texts.DeliverHereAsync(delivered, come, reception, _stop.Token).ConfigureAwait(false);
        if (isDone) _parts.Phones?.Show(come);
        else await ExpectLeftAsync(text).ConfigureAwait(false);
    }

    /// <summary>Somebody of the lab gets it, as he does; what he answers is a row of his own, and comes like any other text.</summary>
    private async ValueTask ToPersonAsync(TextMessage text, TextPerson person, DateTimeOffset now)
    {
        if (text.ReceivedAt + person.IsOffFor is var on && on > now)
        {
            await _store.Texts.MoveAsync(text with { DueAt = on }, TextState.Queued, null, _stop.Token).ConfigureAwait(false);
            return;
        }
        if (person.IsRefusing)
        {
            await EndAsync(text, TextState.SendingFailed, TextFault.BadRecipient, now).ConfigureAwait(false);
            return;
        }
        var sent = text with { State = TextState.Sent, SentAt = now };
        var after = person.IsSilent ? sent with { DueAt = now + ReceiptLimit }
            : sent with { State = TextState.Delivered, CompletedAt = now, DueAt = null };
        bool isDone = await _store.Texts.DeliverAwayAsync(after, AnswerOf(text, person, now), new()
        {
            Messages = person.IsSilent ? _desk.Tell(sent, TextNews.Sent)
                : [.. _desk.Tell(sent, TextNews.Sent), .. _desk.Tell(after, TextNews.Finalized)],
            Money = _desk.Charge(text, now),
        }, _stop.Token).ConfigureAwait(false);
        if (!isDone) await ExpectLeftAsync(text).ConfigureAwait(false);
    }

    /// <summary>Nobody's in this node, so it is hidden, costs nothing, and is told of only where it comes.</summary>
    private static TextMessage? AnswerOf(TextMessage text, TextPerson person, DateTimeOffset now)
    {
        // Nobody can write to a name.
        if (!E164.TryParse(text.From, out _) && !ShortCode.IsOne(text.From)) return null;
        if (person.Answer(text.Words, text.IsAutomatic) is not { Length: > 0 } words) return null;
        var cut = TextCut.Of(words);
        return new()
        {
            Id = Guid.CreateVersion7(now), Tenant = text.Tenant, Direction = Direction.Outbound, State = TextState.Queued, From = text.To,
            To = text.From, Profile = text.Profile, Words = words, Encoding = cut.Encoding, Parts = cut.Parts.Count, IsHidden = true,
            Facts = new() { [TextDesk.OfPerson] = true }, DueAt = now + TextPerson.Thinks, ReceivedAt = now,
            ValidUntil = now + TextDesk.AnswerLives,
        };
    }

    private async ValueTask EndAsync(TextMessage text, TextState state, TextFault fault, DateTimeOffset now)
    {
        var after = text with { State = state, Fault = fault, DueAt = null, CompletedAt = now };
        bool isDone = await _store.Texts.MoveAsync(after, text.State,
            new UnitOfWork { Messages = _desk.Tell(after, TextNews.Finalized) }, _stop.Token).ConfigureAwait(false);
        if (!isDone) await ExpectLeftAsync(text).ConfigureAwait(false);
    }

    /// <summary>Another node has sent it. One that stays as it was is a fault of ours: it is not tried again at once.</summary>
    private async ValueTask ExpectLeftAsync(TextMessage text)
    {
        if (await _store.Texts.FindAsync(text.Tenant, text.Id, _stop.Token).ConfigureAwait(false) is { } now && now.State == text.State)
            throw new InvalidOperationException($"The text stays {text.State}.");
    }

    /// <summary>Until something is due, or something new is to be.</summary>
    /// <param name="now">When it was last looked for what is due: what has become so since is next.</param>
    private async Task SleepAsync(Task changed, DateTimeOffset now)
    {
        var due = await _store.Texts.NextDueAsync(now, _stop.Token).ConfigureAwait(false);
        var wait = due is { } at ? at - _time.GetUtcNow() : LongestSleep;
        if (wait <= TimeSpan.Zero) return;
        // Timers know whole milliseconds: what is less would be no wait at all, again and again.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var sleep = Task.Delay(wait < LongestSleep ? wait : LongestSleep, _time, rest.Token);
        // A clock that was set forward in between would let it sleep too long.
        if (due > _time.GetUtcNow() || due is null) await Task.WhenAny(changed, sleep).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
    }

    private Task RestAsync(TimeSpan span) => Task.Delay(span, _time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}
