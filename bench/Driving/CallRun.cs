using Ringwright.Bench.Application;
using Ringwright.Bench.Driving.Sound;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Driving;

/// <summary>The sockets of the driver: they stay open from run to run, for the node knows their addresses.</summary>
internal sealed class Phones : IDisposable
{
    private const uint CallerAddress = 0x7F000001, CalleeAddress = 0x7F000002;      // 127.0.0.1 and 127.0.0.2

    private readonly ScriptSlot _slot = new();

    public Phones()
    {
        Callers = new(new(CallerAddress, 0), _slot, Poller);
        Callees = new(new(CalleeAddress, 0), _slot, Poller);
        CallerAudio = new(CallerAddress, Poller);
        CalleeAudio = new(CalleeAddress, Poller);
    }

    public Poller Poller { get; } = new();
    public SipAgent Callers { get; }
    public SipAgent Callees { get; }
    public AudioPool CallerAudio { get; }
    public AudioPool CalleeAudio { get; }

    /// <summary>The run that hears of the calls.</summary>
    public ICallScript? Script { set => _slot.Script = value; }

    public void Dispose()
    {
        Callers.Dispose();
        Callees.Dispose();
        CallerAudio.Dispose();
        CalleeAudio.Dispose();
        Poller.Dispose();
    }

    private sealed class ScriptSlot : ICallScript
    {
        public ICallScript? Script { get; set; }

        public PhoneCall? OnInvited(string called, string calling, string callId, long now) =>
            Script?.OnInvited(called, calling, callId, now);

        public void OnAnswered(PhoneCall call, long now) => Script?.OnAnswered(call, now);

        public void OnLeft(PhoneCall call, long now) => Script?.OnLeft(call, now);

        public void OnOver(PhoneCall call, long now) => Script?.OnOver(call, now);
    }
}

/// <summary>One run: begins calls at an even pace, lets them talk, sees that they end, and counts. One thread, the caller's.</summary>
internal sealed class CallRun : ICallScript
{
    private const long Second = 1_000_000_000, Millisecond = 1_000_000, RepeatInterval = 50 * Millisecond, Patience = 32 * Second,
        WebhookPatience = 10 * Second;

    private const char PressedKey = '1';
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(250);

    private readonly Phones _phones;
    private readonly CallPlan _plan;
    private readonly CustomerApplication _application;
    private readonly Action<DriverMoment> _say;
    private readonly List<PhoneCall> _calls = [];
    private readonly List<AudioLeg> _talking = [];
    private readonly Queue<PhoneCall> _leaving = [];
    private readonly Queue<(PhoneCall Call, long At)> _pressing = [];
    private readonly List<double> _dialMs = [], _hangupMs = [];
    private readonly Dictionary<int, Tone> _tones = [];
    private readonly string _run = $"{Environment.ProcessId:x}-{Poller.Now:x}";
    private int _begun, _over, _up;
    private bool _wasFull, _isEmptying;

    public CallRun(Phones phones, CallPlan plan, CustomerApplication application, Action<DriverMoment> say)
    {
        (_phones, _plan, _application, _say) = (phones, plan, application, say);
        // Each call at its own time, and those of two seconds more, so that late packets of an old call meet nobody.
        int legs = plan.HoldMilliseconds == 0 && plan.Habit is not ApplicationHabit.Plays ? Math.Min(plan.Calls, 256)
            : (int)Math.Min(plan.Calls, plan.PerSecond * (plan.HoldMilliseconds + plan.PromptMilliseconds + 2_000) / 1_000);
        phones.CallerAudio.Reset(plan.Start is CallStart.BySip ? legs : 0, LegSetting.Of(plan, isCaller: true));
        phones.CalleeAudio.Reset(plan.HasCallee ? legs : 0, LegSetting.Of(plan, isCaller: false));
        phones.Callers.Reset();
        phones.Callees.Reset();
        phones.Callers.Node = phones.Callees.Node = Place.Parse(plan.Node);
        phones.Callers.UseTls(plan.IsTls, phones.Poller);
        phones.Script = this;
    }

    private int Expected => _plan.Calls * Ends;

    /// <summary>Ends of a call that are the driver's.</summary>
    private int Ends => (_plan.Start is CallStart.BySip ? 1 : 0) + (_plan.HasCallee ? 1 : 0);

    public CallReport Run()
    {
        _say(DriverMoment.Began);
        // Whoever hears that reads clocks first.
        Thread.Sleep(Lead);
        long driverBefore = CpuClock.OwnNanos;
        long began = Poller.Now, nextRepeat = began, lastDue = began + (long)(_plan.Calls / _plan.PerSecond * Second);
        long limit = lastDue + (_plan.HoldMilliseconds + _plan.PromptMilliseconds) * Millisecond + Patience;
        while (_over < Expected && Poller.Now < limit)
        {
            long now = Poller.Now;
            while (_begun < _plan.Calls && began + (long)(_begun / _plan.PerSecond * Second) <= now) Begin(_begun++, now);
            while (_leaving.TryPeek(out var leaving) && leaving.HangUpAt <= now) AgentOf(_leaving.Dequeue()).HangUp(leaving, now);
            while (_pressing.TryPeek(out var next) && next.At <= now) AgentOf(_pressing.Dequeue().Call).Press(next.Call, PressedKey, now);
            foreach (var leg in _talking) leg.Turn(now);
            if (nextRepeat <= now)
            {
                nextRepeat = now + RepeatInterval;
                _phones.Callers.Repeat(now);
                _phones.Callees.Repeat(now);
            }
            _phones.Poller.Wait(1);
        }
        long ended = Poller.Now, driverNanos = CpuClock.OwnNanos - driverBefore;
        foreach (var call in _calls.ToList()) AgentOf(call).Fail(call, $"still {call.State} at the end", ended);
        _application.WaitForWebhooks(_plan.Webhooks, _plan.Calls, TimeSpan.FromTicks(WebhookPatience / 100), Idle);
        _say(DriverMoment.Done);
        var report = CallSummary.Of(_plan, _phones, _calls, _begun * Ends, ended - began, _dialMs, _hangupMs, _application,
            driverNanos);
        _phones.Script = null;
        return report;
    }

    private void Idle() => _phones.Poller.Wait(5);

    private void Begin(int index, long now)
    {
        if (_plan.Start is not CallStart.BySip)
        {
            if (_plan.Start is CallStart.ByApi) _application.Dial(index);
            return;
        }
        var call = new PhoneCall(index, $"{_run}-{index}", isCaller: true) { Audio = _phones.CallerAudio.Take() };
        _calls.Add(call);
        _phones.Callers.Call(call, NumberPlan.Of(index), _plan.Number, now);
    }

    public PhoneCall? OnInvited(string called, string calling, string callId, long now)
    {
        if (!_plan.HasCallee || NumberPlan.IndexOf(_plan.Start is CallStart.BySip ? calling : called) is not { } index
            || index >= _plan.Calls) return null;
        if (_plan.Start is CallStart.ByApi && _application.DialledAt(index) is { } asked) _dialMs.Add((now - asked) / 1e6);
        var call = new PhoneCall(index, callId, isCaller: false) { Audio = _phones.CalleeAudio.Take() };
        _calls.Add(call);
        return call;
    }

    public void OnAnswered(PhoneCall call, long now)
    {
        if (call.Audio is { } audio && (call.IsCaller ? _plan.CallerTalks : _plan.CalleeTalks))
        {
            // Phones begin whenever they begin: without this the even pace of calls would put all packets into the same millisecond.
            audio.Begin(now + call.Index * 7 % 20 * Millisecond, SaidBy(call.Index));
            _talking.Add(audio);
        }
        if (_plan.Ends is HangsUp.Caller && call.IsCaller || _plan.Ends is HangsUp.Callee && !call.IsCaller)
        {
            call.HangUpAt = now + _plan.HoldMilliseconds * Millisecond;
            if (_plan.HoldMilliseconds == 0) AgentOf(call).HangUp(call, now);
            else _leaving.Enqueue(call);
        }
        if (_plan.PressMilliseconds is { } after && call.IsCaller) _pressing.Enqueue((call, now + after * Millisecond));
        if (++_up < Expected || _wasFull) return;
        _wasFull = true;
        _say(DriverMoment.Full);
    }

    /// <summary>
    /// Null for what all say. Where some of many talk, each has a tone of its own: two of one tone may cancel each other.
    /// </summary>
    private Tone? SaidBy(int index)
    {
        if (_plan.Talkers == int.MaxValue) return null;
        int who = Math.Min(index, _plan.Talkers);
        if (_tones.TryGetValue(who, out var said)) return said;
        return _tones[who] = who == _plan.Talkers ? Tone.Silence(_plan.CallerCodec)
            : Tone.Of(_plan.CallerCodec, Tone.CallerHertz + 150 * who);
    }

    public void OnLeft(PhoneCall call, long now)
    {
        if (_application.HungUpAt(call.Index) is { } asked) _hangupMs.Add((now - asked) / 1e6);
    }

    public void OnOver(PhoneCall call, long now)
    {
        _over++;
        if (_wasFull && !_isEmptying)
        {
            _isEmptying = true;
            _say(DriverMoment.Emptying);
        }
        if (call.Audio is not { } audio) return;
        _talking.Remove(audio);
        (call.IsCaller ? _phones.CallerAudio : _phones.CalleeAudio).Return(audio);
    }

    private SipAgent AgentOf(PhoneCall call) => call.IsCaller ? _phones.Callers : _phones.Callees;
}
