using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Edge.Voipbin.Flows;

/// <summary>Runs flows by the product's runner, in memory: servers answer as the test says, and the clock runs fast.</summary>
internal sealed class FlowRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _ticking;

    public FlowRig()
    {
        Parts = new()
        {
            Records = Records, Egress = Web, Time = Clock, Log = NullLogger.Instance,
            Targets = new() { IsLoopbackAllowed = true }, HasMail = true,
        };
        _ticking = TickAsync();
    }

    public FakeTimeProvider Clock { get; } = new();
    public FakeRecords Records { get; } = new();
    public FakeWeb Web { get; } = new();
    public FlowParts Parts { get; }
    public TenantId Tenant { get; } = new(Guid.NewGuid());

    public static JsonArray Read(string actions)
    {
        var list = (JsonArray)JsonNode.Parse(actions)!;
        Assert.Null(Ringwright.Voipbin.Flows.Check(list, "actions", isNamed: true)?.Detail);
        return list;
    }

    /// <summary>Without a call.</summary>
    public async Task<FlowOutcome> RunAsync(string actions, Guid? onComplete = null) => await WithinAsync(new FlowRunner(Parts, new()
    {
        Id = Guid.NewGuid(), Tenant = Tenant, ReferenceType = FlowOrder.OfApi,
        Script = new(null, FlowAction.ReadAll(Read(actions)), onComplete),
    }).RunAsync());

    /// <summary>On a call whose far end does as the test says.</summary>
    public async Task<FarEnd> CallAsync(string actions, Func<LegCommand, IEnumerable<Func<LegFacts, SubjectEvent>>>? answers = null,
        Guid? attempt = null, string? presses = null)
    {
        var far = new FarEnd(Tenant, answers);
        foreach (char key in presses ?? "") far.Press(key);
        await WithinAsync(new FlowRunner(Parts, new()
        {
            Id = attempt ?? Guid.NewGuid(), Tenant = Tenant, ReferenceType = FlowOrder.OfCall, Attempt = attempt,
            Script = new(null, FlowAction.ReadAll(Read(actions)), null),
        }, far).RunAsync());
        return far;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _ticking;
        _over.Dispose();
    }

    private static Task<FlowOutcome> WithinAsync(Task<FlowOutcome> run) =>
        run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    private async Task TickAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(1);
        }
    }
}

/// <summary>Flows by their ids, and the rows of runs.</summary>
internal sealed class FakeRecords : IFlowRecords
{
    public ConcurrentDictionary<(TenantId, Guid), FlowScript> Flows { get; } = new();
    public ConcurrentQueue<FlowRun> Rows { get; } = new();
    public ConcurrentQueue<(Guid Attempt, string Reason)> Asked { get; } = new();
    public AttemptVariables Attempt { get; set; } = AttemptVariables.None;

    public FlowRun Last(Guid id) => Rows.Last(row => row.Id == id);

    public ValueTask<FlowScript?> FindFlowAsync(TenantId tenant, Guid flow, CancellationToken stop) =>
        new(Flows.GetValueOrDefault((tenant, flow)));

    public ValueTask<bool> BeginAsync(FlowRun run)
    {
        Rows.Enqueue(run);
        return new(true);
    }

    /// <summary>So many changes find no database.</summary>
    public int Away { get; set; }

    public ValueTask<bool> ChangeAsync(FlowRun run) =>
        Away-- > 0 ? ValueTask.FromException<bool>(new StoreUnavailableException(null)) : BeginAsync(run);

    public ValueTask<AttemptVariables> ReadAttemptAsync(TenantId tenant, Guid attempt, CancellationToken stop) => new(Attempt);

    public ValueTask AskReasonAsync(TenantId tenant, Guid attempt, string reason)
    {
        Asked.Enqueue((attempt, reason));
        return default;
    }

    public ValueTask<string?> FindReasonAsync(TenantId tenant, Guid call, CancellationToken stop) => new((string?)null);
    public ConcurrentQueue<(string From, string To, string Words)> Texts { get; } = new();
    public string? NoTexts { get; set; }

    public ValueTask<string?> SendTextAsync(TenantId tenant, string from, string to, string words, IHolds? holds, CancellationToken stop)
    {
        if (NoTexts is null) Texts.Enqueue((from, to, words));
        return new(NoTexts);
    }

    public ConcurrentQueue<(string To, string Subject, string Content)> Mails { get; } = new();
    /// <summary>Whether each of them is HTML.</summary>
    public ConcurrentQueue<bool> AreHtml { get; } = new();
    /// <summary>Recordings that went with mails.</summary>
    public ConcurrentQueue<Guid> Attached { get; } = new();
    public string? NoMails { get; set; }
    public string Spoken { get; set; } = "";

    public ValueTask<string?> SendMailAsync(TenantId tenant, FlowMail mail, CancellationToken stop)
    {
        if (NoMails is not null) return new(NoMails);
        foreach (string one in mail.To) Mails.Enqueue((one, mail.Subject, mail.Content));
        foreach (string _ in mail.To) AreHtml.Enqueue(mail.IsHtml);
        foreach (var recording in mail.Recordings) Attached.Enqueue(recording);
        return new((string?)null);
    }

    public ValueTask<string> ReadSpokenAsync(TenantId tenant, bool isRecording, Guid reference, string language, CancellationToken stop) =>
        new(Spoken);

    public ValueTask<bool> AwaitRecordingAsync(TenantId tenant, Guid recording, CancellationToken stop) => new(true);
    public ConcurrentQueue<RecordTranscription> Transcribed { get; } = new();

    public ValueTask<string> TranscribeAsync(TenantId tenant, LegId call, IReadOnlyList<Guid> recordings, RecordTranscription wanted,
        CancellationToken stop)
    {
        Transcribed.Enqueue(wanted);
        return new(Spoken);
    }
}

/// <summary>All servers.</summary>
internal sealed class FakeWeb : IEgress
{
    public ConcurrentQueue<EgressRequest> Asked { get; } = new();
    public Func<EgressRequest, string> Answer { get; set; } = static _ => "";
    public EgressFailure Failure { get; set; }

    public UrlVerdict CheckUrl(string url, TargetUse use) => UrlVerdict.Allowed;

    public ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop)
    {
        Asked.Enqueue(request);
        return new(new EgressResult
        {
            Failure = Failure, Detail = Failure is EgressFailure.None ? null : "it failed", Status = 200,
            Body = Encoding.UTF8.GetBytes(Answer(request)), Url = request.Url,
        });
    }
}

/// <summary>An answered call from a campaign, whose other end does at once whatever an action waits for.</summary>
internal sealed class FarEnd : IProgramCall
{
    private readonly Channel<SubjectEvent> _events = Channel.CreateUnbounded<SubjectEvent>();
    private readonly ConcurrentQueue<LegCommand> _commands = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Func<LegCommand, IEnumerable<Func<LegFacts, SubjectEvent>>> _answers;

    public FarEnd(TenantId tenant, Func<LegCommand, IEnumerable<Func<LegFacts, SubjectEvent>>>? answers, uint counter = 1)
    {
        _answers = answers ?? Usual;
        Leg = new Script(tenant, counter, Direction.Outbound).Facts with
        {
            Application = new(ApplicationKind.Flow),
            AnsweredAt = Script.At(2),
            Labels = Labels.Empty,
        };
    }

    public LegFacts Leg { get; set; }
    public CancellationToken Stop => _over.Token;

    /// <summary>What becomes of a leg that is dialled for it.</summary>
    public Func<DialRequest, Dialled>? Dials { get; set; }

    public IReadOnlyList<LegCommand> Commands => [.. _commands];

    public IReadOnlyList<string> Warnings =>
        [.. _commands.OfType<LegCommand.Note>().Where(note => note.Kind is NoteKind.Warning).Select(note => note.Text)];

    public IReadOnlyList<string> Said => [.. _commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text)];

    /// <summary>What its hang-up says; null while it was not hung up.</summary>
    public string? Reason => _commands.OfType<LegCommand.Hangup>().FirstOrDefault()?.Labels?[HangupReasons.Label];

    public void Press(char key) => Tell(leg => new CallEvent.DigitReceived(key, 100) { Leg = leg, At = Script.At(3) });

    public void Tell(Func<LegFacts, SubjectEvent> happened) => _events.Writer.TryWrite(happened(Leg));

    public void HangUp()
    {
        _events.Writer.TryWrite(new CallEvent.LegEnded
        {
            Leg = Leg, At = Script.At(9), Cause = HangupCause.RemoteHangup, By = HangupParty.Remote,
        });
        _events.Writer.TryComplete();
        _over.Cancel();
    }

    public async ValueTask<SubjectEvent?> NextAnyAsync() =>
        await _events.Reader.WaitToReadAsync() && _events.Reader.TryRead(out var happened) ? happened : null;

    public async ValueTask<CallEvent?> NextAsync() => (CallEvent?)await NextAnyAsync();
    public ValueTask SitOutAsync() => throw new NotSupportedException();
    public Task WaitAsync(TimeSpan span) => throw new NotSupportedException();
    public ValueTask<Dialled> DialAsync(DialRequest request) =>
        Dials is { } dials ? ValueTask.FromResult(dials(request)) : throw new NotSupportedException();

    public ValueTask<Ack> SendAsync(LegCommand command)
    {
        _over.Token.ThrowIfCancellationRequested();
        _commands.Enqueue(command);
        if (command is LegCommand.Hangup) HangUp();
        else
            foreach (var answer in _answers(command))
            {
                if (answer(Leg) is var happened && happened is CallEvent.LegEnded) HangUp();
                else _events.Writer.TryWrite(happened);
            }
        return new(command is LegCommand.StartFork ? Refusal.NoLiveAudio : Ack.Accepted);
    }

    public static IEnumerable<Func<LegFacts, SubjectEvent>> Usual(LegCommand command)
    {
        var at = Script.At(3);
        if (command is LegCommand.Play play)
            yield return leg => new CallEvent.PlaybackEnded(play.Id!.Value, play.Source, PlayStatus.Completed, null) { Leg = leg, At = at };
        if (command is LegCommand.Speak { Id: { } id })
            yield return leg => new CallEvent.SpeakEnded(id, PlayStatus.Completed) { Leg = leg, At = at };
        if (command is LegCommand.DetectMachine)
            yield return leg => new CallEvent.MachineDetected(MachineVerdict.Human) { Leg = leg, At = at };
    }
}
