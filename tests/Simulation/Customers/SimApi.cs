using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Simulation;

/// <summary>
/// The Telnyx API without HTTP: a body goes through the dialect's own map, the call control id through its own decoder, and the refusal
/// through its own error table. Requests take a while and arrive in the order in which they were made.
/// </summary>
internal sealed class SimApi(SimWorld world, Rng rng)
{
    /// <summary>Maps ask it about URLs; it never connects.</summary>
    private static readonly EgressClient Egress = new(TargetPolicy.Strict, TimeProvider.System);

    private Instant _last;

    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(30);

    public void Answer(SimWebhook call) => Send(call, Telnyx.Voice.Calls.Answer.Map);

    public void Reject(SimWebhook call, string cause = "CALL_REJECTED") =>
        Send(call, Telnyx.Voice.Calls.Reject.Map, new() { ["cause"] = cause });

    public void Hangup(SimWebhook call) => Send(call, Telnyx.Voice.Calls.Hangup.Map);

    public void Speak(SimWebhook call, string text, string? stop = null) =>
        Send(call, Telnyx.Voice.Calls.SpeakAction.Map, Spoken(text, stop));

    public void Play(SimWebhook call, string url, string? loop = null, string? stop = null) =>
        Send(call, PlaybackStart.Map, With(new() { ["audio_url"] = url }, ("loop", loop), ("stop", stop)));

    public void StopPlayback(SimWebhook call, string? stop = null) => Send(call, PlaybackStop.Map, With([], ("stop", stop)));

    public void Gather(SimWebhook call, int digits) =>
        Send(call, Telnyx.Voice.Calls.GatherAction.Map,
            new() { ["minimum_digits"] = 1, ["maximum_digits"] = digits, ["gather_id"] = "gather" });

    public void GatherUsingSpeak(SimWebhook call, string text, int digits, int timeoutMillis = 20_000)
    {
        var body = Spoken(text, null);
        body["maximum_digits"] = digits;
        body["timeout_millis"] = timeoutMillis;
        body["maximum_tries"] = 1;
        Send(call, Telnyx.Voice.Calls.GatherUsingSpeak.Map, body);
    }

    public void StopGather(SimWebhook call) => Send(call, GatherStop.Map);

    public void SendDtmf(SimWebhook call, string digits) =>
        Send(call, Telnyx.Voice.Calls.SendDtmf.Map, new() { ["digits"] = digits, ["duration_millis"] = 120 });

    public void Record(SimWebhook call, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["format"] = "wav", ["channels"] = "dual" };
        foreach (var (name, value) in fields) body[name] = value;
        Send(call, RecordMap.Start, body);
    }

    public void PauseRecord(SimWebhook call) => Send(call, RecordMap.Pause);

    public void ResumeRecord(SimWebhook call) => Send(call, RecordMap.Resume);

    public void StopRecord(SimWebhook call) => Send(call, RecordMap.Stop);

    public void StartStream(SimWebhook call) => Send(call, StreamMap.Start, new() { ["stream_url"] = "wss://media.example/in" });

    public void StartTranscription(SimWebhook call) => Send(call, TranscriptionMap.Start, new() { ["transcription_tracks"] = "both" });

    public void StopTranscription(SimWebhook call) => Send(call, TranscriptionMap.Stop);

    public void StopStream(SimWebhook call) => Send(call, StreamMap.Stop);

    public void StartFork(SimWebhook call) => Send(call, ForkMap.Start, new() { ["rx"] = "udp:203.0.114.9:4000" });

    public void StopFork(SimWebhook call) => Send(call, ForkMap.Stop);

    public void SetClientState(SimWebhook call, string base64) => Send(call, ClientStateUpdate.Map, new() { ["client_state"] = base64 });

    public void Bridge(SimWebhook call, SimWebhook other, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["call_control_id"] = other.CallControlId };
        foreach (var (name, value) in fields) body[name] = value;
        Send(call, read => Telnyx.Voice.Calls.BridgeAction.Map(read,
            text => world.Ids.TryReadCallControl(text, SimWorld.Tenant, out var leg) ? leg : null), body);
    }

    public void Enqueue(SimWebhook call, string queue, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["queue_name"] = queue };
        foreach (var (name, value) in fields) body[name] = value;
        Send(call, QueueActions.Enqueue, body);
    }

    public void LeaveQueue(SimWebhook call) => Send(call, QueueActions.Leave);

    /// <summary>Bridges with the first of a queue.</summary>
    public void BridgeQueue(SimWebhook call, string queue) =>
        Send(call, read => Telnyx.Voice.Calls.BridgeAction.Map(read, static _ => null), new() { ["queue"] = queue });

    public void Transfer(SimWebhook call, string to, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["to"] = to, ["custom_headers"] = Named() };
        foreach (var (name, value) in fields) body[name] = value;
        Send(call, Telnyx.Voice.Calls.Transfer.Map, body);
    }

    /// <summary>Places a call that belongs to another one and is bridged to it on its answer.</summary>
    public void DialLinked(SimWebhook call, string to, string from)
    {
        if (!world.Ids.TryReadCallControl(call.CallControlId, SimWorld.Tenant, out var leg))
            throw new SimulationException("a webhook has a call control id that is not ours");
        var body = Body(new() { ["to"] = to, ["from"] = from, ["bridge_on_answer"] = true, ["custom_headers"] = Named() });
        var request = DialMap.Map(body, SimWorld.Tenant, SimWorld.Connection,
            new(leg, new(Guid.Parse(call["call_session_id"]!)), from, from));
        Post(() => world.Node.Dial(request, world.Dialled.Add));
    }

    private JsonArray Named() => new(new JsonObject { ["name"] = LegWatch.CallHeader, ["value"] = world.NameCall() });

    /// <summary>Places a call; how it went is in <see cref="SimWorld.Dialled"/>.</summary>
    public void Dial(string to, string from, int ringSeconds = 30, int limitSeconds = 600, string machineDetection = "disabled") =>
        Dial(JsonValue.Create(to), from, ringSeconds, limitSeconds, machineDetection, commandId: null);

    /// <summary>Places a call to all of them at once.</summary>
    public void DialTogether(IEnumerable<string> to, string from, int ringSeconds = 30) =>
        Dial(new JsonArray([.. to.Select(t => JsonValue.Create(t))]), from, ringSeconds, 600, "disabled", commandId: null);

    /// <summary>Places a call, but none that has been placed under this id.</summary>
    public void DialOnce(string commandId, string to, string from) => Dial(JsonValue.Create(to), from, 30, 600, "disabled", commandId);

    /// <summary>Places a call with something that its map would look up in the store.</summary>
    public void DialWith(string to, string from, Func<DialRequest, DialRequest> with) =>
        Dial(JsonValue.Create(to), from, 30, 600, "disabled", commandId: null, with);

    public void SwitchRole(SimWebhook call, string role) => Send(call, SupervisorActions.Switch, new() { ["role"] = role });

    private void Dial(JsonNode to, string from, int ringSeconds, int limitSeconds, string machineDetection, string? commandId,
        Func<DialRequest, DialRequest>? with = null)
    {
        var json = new JsonObject
        {
            ["to"] = to,
            ["from"] = from,
            ["timeout_secs"] = ringSeconds,
            ["time_limit_secs"] = limitSeconds,
            ["answering_machine_detection"] = machineDetection,
            ["custom_headers"] = Named(),
        };
        if (commandId is not null) json["command_id"] = commandId;
        var body = Body(json);
        var request = DialMap.Map(body, SimWorld.Tenant, SimWorld.Connection);
        if (body.Problems.Count > 0) throw new SimulationException($"the dialect refuses a dial: {body.Problems[0]}");
        world.Log.Add(world.Now, "customer", $"dials {to}");
        Post(() => world.Node.Dial(with is null ? request : with(request), world.Dialled.Add));
    }

    private void Send(SimWebhook call, Func<VoiceBody, LegCommand?> map, JsonObject? json = null)
    {
        var body = Body(json ?? []);
        if (map(body) is not { } command || body.Problems.Count > 0)
            throw new SimulationException($"the dialect refuses a command: {body.Problems[0]}");
        var leg = LegOf(call);
        string name = command.GetType().Name;
        world.Log.Add(world.Now, "customer", $"{name} to {MessageLog.Name(leg)}");
        Post(() => world.Node.Command(leg, command,
            ack => world.Replies.Add(new(leg, name, ack.IsAccepted ? null : Errors.Of(ack.Refusal).Code))));
    }

    public LegId LegOf(SimWebhook call) => world.Ids.TryReadCallControl(call.CallControlId, SimWorld.Tenant, out var leg) ? leg
        : throw new SimulationException($"a webhook has a call control id that is not ours: {call.CallControlId}");

    /// <summary>A request, which takes a while and overtakes none.</summary>
    public void Post(Action arrive)
    {
        _last = Instant.Max(_last, world.Now + Slowest * rng.NextDouble());
        world.At(_last, arrive);
    }

    /// <summary>By way of text, as it comes over HTTP.</summary>
    private static VoiceBody Body(JsonObject json) => new(JsonNode.Parse(json.ToJsonString())!.AsObject(), Egress);

    private static JsonObject Spoken(string text, string? stop) =>
        With(new() { ["payload"] = text, ["voice"] = "female", ["language"] = "en-US" }, ("stop", stop));

    private static JsonObject With(JsonObject body, params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        foreach (var (name, value) in fields)
            if (value is not null) body[name] = value;
        return body;
    }
}
