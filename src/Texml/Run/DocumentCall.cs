using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Assistants;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Run;

/// <summary>
/// One leg as verbs see it. What happens to it is read as it comes, so that a verb that only waits leaves nothing unread; what no verb
/// could want is let go at once.
/// </summary>
internal sealed class DocumentCall
{
    private readonly IProgramCall _call;
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(new() { SingleReader = true });
    private readonly Lock _ordering = new();
    private CancellationTokenSource _replaced = new();      // has no timer
    private readonly Task _reading;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CallerAttestation? _attestation;
    private volatile SipOrigin? _origin;
    private volatile CallEvent.LegEnded? _end;
    private readonly CallCookies? _cookies;
    private volatile Company _company = Company.None;
    private DocumentOrder? _newer;
    private string? _serial;
    private int _notes;

    public DocumentCall(IProgramCall call, TexmlParts parts, Connection? application)
    {
        (_call, Parts, Application, Language) = (call, parts, application, parts.LanguageOf(call.Leg.Application));
        _cookies = Language.IsTwiml ? new() : null;
        _reading = PumpAsync();
    }

    public TexmlParts Parts { get; }

    /// <summary>The leg's; null when it has been deleted meanwhile.</summary>
    public Connection? Application { get; }

    /// <summary>What its documents, requests and callbacks speak.</summary>
    public Language Language { get; }

    public LegFacts Leg => _call.Leg;

    public SecretReader Secrets => field ??= new(Parts.Records, Leg.Tenant) { IsLiteral = Language.IsTwiml };

    public bool IsAnswered => Leg.AnsweredAt is not null;

    /// <summary>The call has ended, or the node stops.</summary>
    public CancellationToken Stop => _call.Stop;

    /// <summary>The document that runs: what relative URLs are relative to.</summary>
    public Uri? Base { get; set; }

    /// <summary>The verb of it that runs; null where none does.</summary>
    public TexmlPlace? At { get; set; }

    /// <summary>Hears of the call's last event.</summary>
    public Action<CallEvent.LegEnded>? Ended { get; set; }

    /// <summary>
    /// What the call is to run, as it was said last; null when nothing was. From now on what runs is only replaced by a newer one.
    /// </summary>
    public DocumentOrder? TakeOrder()
    {
        lock (_ordering)
        {
            var order = _newer ?? DocumentOrder.Read(Leg.Labels[TexmlLabels.Document]);
            (_newer, _serial, _replaced) = (null, order?.Serial, new());
            return order;
        }
    }

    /// <summary>What documents have started beside the call.</summary>
    public StartedServices Services { get; } = new();

    /// <summary>What documents of the call ask other servers.</summary>
    public DocumentRequests Requests => field ??= new(this);

    /// <summary>What the document that runs has taken from answers.</summary>
    public Dictionary<string, string> Variables { get; set; } = [];

    /// <summary>That documents of the call have sent, or tried to.</summary>
    public int Texts { get; set; }

    /// <summary>Keys are wanted; else they are let go.</summary>
    public bool TakesDigits { get; set; }

    /// <summary>Ends what runs, by <see cref="InterruptedException"/>, when such an event comes.</summary>
    public Func<object, bool>? Interrupts { get; set; }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters =>
        [.. Language.OfCall(Leg, _end is { } ended ? Language.Ended(ended) : CallStatus.Live(Leg)), .. Language.OfHeaders(Leg),
            .. Language.OfOrigin(Leg, _origin), .. Language.OfAttestation(_attestation)];

    /// <summary>The attributes of an element, as the call's language has them.</summary>
    public VerbValues Read(TexmlElement element) => new(element, Language.IsTwiml);

    /// <exception cref="CallOverException">The call is over.</exception>
    public async ValueTask<Ack> SendAsync(LegCommand command)
    {
        try
        {
            return await _call.SendAsync(command);
        }
        catch (OperationCanceledException)
        {
            throw new CallOverException();
        }
    }

    /// <inheritdoc cref="SendAsync"/>
    /// <returns>False when it was refused, which is told as a warning.</returns>
    public async ValueTask<bool> TrySendAsync(LegCommand command, string what) => (await SendToldAsync(command, what)).IsAccepted;

    /// <inheritdoc cref="SendAsync"/>
    /// <returns>Why it was refused, too, which is told as a warning.</returns>
    public async ValueTask<Ack> SendToldAsync(LegCommand command, string what)
    {
        if (CommandRules.FaultOf(command) is { } fault)
        {
            await WarnAsync($"{what} was refused: {fault}");
            return new(Refusal.WrongState);
        }
        var ack = await SendAsync(command);
        if (!ack.IsAccepted) await WarnAsync($"{what} was refused: {Words(ack.Refusal)}");
        return ack;
    }

    public async ValueTask<Dialled> DialAsync(DialRequest request)
    {
        var (kept, fault) = await CommandRules.CleanAsync(this, request);
        if (kept is null) return Dialled.Refused(Refusal.WrongState, null, fault);
        try
        {
            return await _call.DialAsync(kept);
        }
        catch (OperationCanceledException)
        {
            throw new CallOverException();
        }
    }

    /// <summary>Hangs up, and waits until the call is over: what was told before that may interrupt.</summary>
    /// <exception cref="CallOverException">It is.</exception>
    public async ValueTask EndAsync(string evidence)
    {
        await SendAsync(new LegCommand.Hangup { Evidence = evidence });
        await NextAsync(_ => false);
    }

    /// <summary>
    /// It is with nobody. Verbs see to that themselves; but a command of somebody else's may have connected it meanwhile, as that of a
    /// program whose stream has ended since.
    /// </summary>
    /// <exception cref="CallOverException">The call is over.</exception>
    /// <exception cref="ReplacedException">The call is to run something else.</exception>
    public async ValueTask UntilAloneAsync()
    {
        while (_company is { IsAny: true } company)
        {
            if (!company.IsOnItsWay) await NextAsync(_ => true);
            else if (await NextWithinAsync(Limits.Joining, _ => true) is null) return;
        }
    }

    /// <summary>
    /// Its first event has been read, which says what is known of the caller. It comes at once; but where another program had the call
    /// before, it was that one's.
    /// </summary>
    public Task BegunAsync() =>
        _begun.Task.IsCompleted ? _begun.Task : Task.WhenAny(_begun.Task, Task.Delay(Limits.FirstEvent, Parts.Time));

    /// <summary>How it has ended, for who has been told that it is over; null where the node has let it go before.</summary>
    public async ValueTask<CallEvent.LegEnded?> UntilEndAsync()
    {
        await _reading;
        return _end;
    }

    /// <summary>Nothing happens where somebody has answered.</summary>
    public async ValueTask AnswerAsync()
    {
        if (IsAnswered) return;
        if (Leg.Direction is Direction.Inbound) await SendAsync(new LegCommand.Answer());
        await NextAsync<CallEvent.LegAnswered>();
    }

    /// <summary>The next event of that kind.</summary>
    /// <exception cref="CallOverException">The call is over.</exception>
    /// <exception cref="InterruptedException">What <see cref="Interrupts"/> waits for has come.</exception>
    /// <exception cref="ReplacedException">The call is to run something else.</exception>
    public async ValueTask<T> NextAsync<T>(Func<T, bool>? which = null) where T : class =>
        (T)await NextAsync(happened => happened is T wanted && which?.Invoke(wanted) is not false);

    /// <inheritdoc cref="NextAsync{T}"/>
    public async ValueTask<object> NextAsync(Func<object, bool> which, CancellationToken limit = default)
    {
        var replaced = _replaced.Token;
        using var either = limit.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(limit, replaced) : null;
        while (true)
        {
            object happened;
            try
            {
                happened = await _events.Reader.ReadAsync(either?.Token ?? replaced);
            }
            catch (OperationCanceledException) when (replaced.IsCancellationRequested)
            {
                throw new ReplacedException();
            }
            catch (ChannelClosedException)
            {
                throw new CallOverException();
            }
            if (which(happened)) return happened;
            if (Interrupts?.Invoke(happened) is true) throw new InterruptedException(happened);
        }
    }

    /// <summary>The same, for so long.</summary>
    /// <returns>Null when none has come.</returns>
    public async ValueTask<object?> NextWithinAsync(TimeSpan span, Func<object, bool> which)
    {
        using var limit = new CancellationTokenSource(span, Parts.Time);
        try
        {
            return await NextAsync(which, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A document for this call, with what every request says of it.</summary>
    /// <exception cref="CallOverException">The call is over.</exception>
    /// <exception cref="InterruptedException">What <see cref="Interrupts"/> waits for has come.</exception>
    /// <exception cref="ReplacedException">The call is to run something else.</exception>
    /// <param name="outlivesCall">It is asked for also when the call is over, or ends meanwhile; then its answer is for nobody.</param>
    public async ValueTask<Fetched> FetchAsync(string url, string method, IReadOnlyList<KeyValuePair<string, string>> more,
        bool outlivesCall = false)
    {
        var parameters = Language.Told([.. Parameters, .. more]);
        var fetched = await AskAsync(async stop =>
        {
            stop.ThrowIfCancellationRequested();
            if (AssistantTexml.DocumentAt(url) is { } ours) return new(url, TexmlReader.Read(ours), AssistantTexml.Xml, null, null);
            string? token = Language.IsSigned ? await Parts.Records.FindTokenAsync(Leg.Tenant, stop) : null;
            return await DocumentFetch.FetchAsync(Parts.Egress, Leg.Tenant, url, method, parameters, Secrets, token, _cookies, stop);
        }, outlivesCall);
        return outlivesCall && Stop.IsCancellationRequested ? throw new CallOverException() : fetched;
    }

    /// <summary>Of a socket's handshake, which is signed as requests for documents are: over the URL as it was written.</summary>
    /// <exception cref="CallOverException">The call is over.</exception>
    public async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> SignatureOfAsync(string url)
    {
        if (!Language.IsSigned) return [];
        return TwimlSignature.OfHandshake(await AskAsync(stop => Parts.Records.FindTokenAsync(Leg.Tenant, stop)), url);
    }

    /// <summary>Something that another server is asked for, for as long as the call wants it.</summary>
    /// <inheritdoc cref="FetchAsync"/>
    public async ValueTask<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, bool outlivesCall = false)
    {
        var over = outlivesCall ? CancellationToken.None : Stop;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, _replaced.Token);
        try
        {
            var asking = ask(either.Token);
            if (Interrupts is null) return await asking;
            var request = asking.AsTask();
            await WatchAsync(request, either);
            return await request;
        }
        catch (OperationCanceledException)
        {
            throw Stop.IsCancellationRequested ? new CallOverException() : new ReplacedException();
        }
    }

    /// <summary>Until it is answered, if nothing comes that interrupts what runs: then it is given up.</summary>
    private async ValueTask WatchAsync(Task request, CancellationTokenSource both)
    {
        using var answered = new CancellationTokenSource();     // has no timer
        var watching = NextAsync(_ => false, answered.Token).AsTask();
        if (await Task.WhenAny(request, watching) == watching) both.CancelNow();
        else answered.CancelNow();
        try
        {
            await watching;
        }
        catch (OperationCanceledException) when (answered.IsCancellationRequested)
        {
            // Nothing has come.
        }
    }

    /// <summary>Something that happened elsewhere because of the document; read among the events of the call.</summary>
    public void Post(object happened) => _events.Writer.TryWrite(happened);

    /// <summary>A step of the document's way, for people.</summary>
    /// <exception cref="CallOverException">The call is over, though its end may not have been told yet.</exception>
    public async ValueTask NoteAsync(string text)
    {
        if ((await SayAsync(NoteKind.Step, text)).Refusal is Refusal.AlreadyEnded) throw new CallOverException();
    }

    /// <summary>Something that the document asked for and that was not done.</summary>
    /// <param name="text">A sentence. The place that it has in brackets is where the document says it; without one, the verb is.</param>
    /// <param name="url">Of the document; null or empty for the one that runs.</param>
    public async ValueTask WarnAsync(string text, string? url = null) => await SayAsync(NoteKind.Warning, text, url);

    private async ValueTask<Ack> SayAsync(NoteKind kind, string text, string? url = null)
    {
        int note = Interlocked.Increment(ref _notes);
        if (note > Limits.Notes) return Ack.Accepted;
        text = Secrets.Redact(text);
        if (note == Limits.Notes) (kind, text) = (NoteKind.Warning, "more steps and warnings of this call are not told");
        var said = new LegCommand.Note(kind, Clipped.Of(text, Limits.NoteCharacters));
        if (kind is NoteKind.Warning)
        {
            bool isOther = url is { Length: > 0 };
            string? at = isOther ? url : Base?.AbsoluteUri;
            said = said with
            {
                Url = at is null ? null : Secrets.Redact(DocumentFetch.Shown(at)),
                Line = TexmlPlace.LineIn(text) ?? (isOther ? null : At?.Line),
            };
        }
        return await SendAsync(said);
    }

    private async Task PumpAsync()
    {
        Exception? broken = null;
        try
        {
            while (await _call.NextAnyAsync() is { } happened)
            {
                _company = _company.Behind(happened, _call.Leg.Id);
                if (happened is CallEvent.LegInitiated begun) (_attestation, _origin) = (begun.Attestation, begun.Origin);
                _begun.TrySetResult();
                if (happened is CallEvent.LegEnded ended)
                {
                    _end = ended;
                    Ended?.Invoke(ended);
                }
                else if (IsWanted(happened)) _events.Writer.TryWrite(happened);
                if (happened is CallEvent.LabelsChanged changed) Notice(changed);
                else if (happened is CallEvent.MachineDetected detected) _ = LabelAsync(detected);
            }
        }
        catch (Exception fault)
        {
            broken = fault;
        }
        _begun.TrySetResult();
        _events.Writer.TryComplete(broken is OperationCanceledException or ObjectDisposedException ? null : broken);
    }

    private void Notice(CallEvent.LabelsChanged changed)
    {
        lock (_ordering)
        {
            var order = DocumentOrder.Read(changed.Leg.Labels[TexmlLabels.Document]);
            if (order is not { IsTaken: false } || order.Serial == (_newer?.Serial ?? _serial)) return;
            _newer = order;
            _replaced.CancelLater();
        }
    }

    /// <summary>For whoever reads the call's resource.</summary>
    private async Task LabelAsync(CallEvent.MachineDetected detected)
    {
        try
        {
            var word = detected.Verdict switch
            {
                MachineVerdict.Human or MachineVerdict.Residence or MachineVerdict.Business => "human",
                MachineVerdict.Machine => "machine",
                _ => "not_sure",
            };
            await _call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of((TexmlLabels.AnsweredBy, word)) });
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // Nobody reads it any more.
        }
    }

    /// <summary>
    /// What ended because the party hung up is no end that a verb goes on behind, and asks for another document: the call's own comes next.
    /// </summary>
    private bool IsWanted(SubjectEvent happened) => happened is CallEvent.DigitReceived ? TakesDigits
        : happened is not (CallEvent.Noted or CallEvent.VoiceChanged or CallEvent.SpeechTranscribed
            or CallEvent.AgentEnded { Reason: AgentEnd.CallHangup } or CallEvent.AgentGathering or CallEvent.AgentTold
            or CallEvent.GatherHeard or CallEvent.GatherEnded { Status: GatherStatus.CallHangup }
            or CallEvent.PlaybackEnded { Status: PlayStatus.CallHangup } or CallEvent.SpeakEnded { Status: PlayStatus.CallHangup });

    /// <summary>AlreadyEnded is "already ended".</summary>
    private static string Words(Refusal refusal) => string.Concat(refusal.ToString().Select((c, i) =>
        char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}

/// <summary>The call has ended: nothing is left to be done.</summary>
internal sealed class CallOverException : Exception;

/// <summary>The call is to run something else: <see cref="DocumentCall.TakeOrder"/>.</summary>
internal sealed class ReplacedException : Exception;

/// <summary>Something came by which what runs has become pointless.</summary>
internal sealed class InterruptedException(object by) : Exception
{
    public object By => by;
}
