using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Edge.Net;
using Ringwright.Edge.Server;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Store;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>
/// An agency whose agent talks: by the lab's model, which answers by rules, and by a voice of tones. Whoever is called answers by hand, and
/// his words are tones, which the node's recogniser names.
/// </summary>
internal sealed class AgencyTalkRig : IAsyncDisposable
{
    public const string Callee = "+15550400001";

    private readonly ToneWords _words;
    private readonly TestServer _voice;
    private readonly SipPeer _peer;
    private string _invite = "";

    private AgencyTalkRig(AgencyLab lab, LabModel model, TestServer voice, ToneWords words)
    {
        (Lab, Model, _voice, _words) = (lab, model, voice, words);
        _peer = new(lab.Host.Node.Node.Settings.Sip);
    }

    public AgencyLab Lab { get; }
    public LabModel Model { get; }
    private AgencyHost Host => Lab.Host;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="hasModel">The node has one: without, only agents talk that have a script.</param>
    public static async Task<AgencyTalkRig> StartAsync(Product product, string rules, bool hasModel = true)
    {
        var (read, fault) = ModelRules.Read(rules);
        Assert.Null(fault);
        var words = new ToneWords();
        var voice = await AgentRig.VoiceAsync();
        var model = await LabModel.StartAsync(read!, new(IPAddress.Loopback, 0), null, _ => { }, Stop);
        var lab = await AgencyLab.StartAsync(product,
            settings => settings with
            {
                SpeechUrl = new($"{voice.Url}/v1"),
                Llm = hasModel ? new(model.BaseUrl.ToString()) : settings.Llm,
            },
            recognisers: name => name is null ? words : null);
        var rig = new AgencyTalkRig(lab, model, voice, words);
        // Whoever wants to hear it says so.
        await lab.Host.DoneAsync(200, lab.Host.OwnerA, "PATCH", "/agency",
            """{"settings":{"disclosure":{"mode":"never"},"recording_disclosure":{"mode":"never"}}}""");
        var desk = new OperatorClient(lab.Host.Node);
        var trunk = await desk.DataAsync("POST", "/trunks",
            $$"""{"name":"near","host":"127.0.0.1","port":{{rig._peer.Local.Port}},"caller_id":"any","rtp_auto_adjust":true}""");
        await desk.DataAsync("POST", "/routes", $$"""{"trunk_id":"{{trunk["id"]}}","prefix":"+15550400"}""");
        return rig;
    }

    /// <param name="fields">Of the agent.</param>
    /// <returns>The batch's id, and the call's once it was answered by somebody who can speak.</returns>
    public async Task<(string Batch, string Call, ToneCaller Person)> CallAsync(string fields, string campaign = "{}")
    {
        string agent = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents", fields))["id"]!;
        var batch = await Lab.BatchAsync(await Lab.CampaignAsync(campaign), [Callee], $$"""{"agent_mapping_id":"{{agent}}"}""");
        var (call, person) = await AnswerAsync();
        return ((string)batch["id"]!, call, person);
    }

    /// <summary>Whoever is called answers.</summary>
    /// <returns>The call's id, and somebody who can speak.</returns>
    public async Task<(string Call, ToneCaller Person)> AnswerAsync()
    {
        _invite = await _peer.HearAsync("INVITE");
        _peer.Send(_peer.Response(_invite, "200 OK", _peer.Sdp));
        await _peer.HearAsync("ACK");
        var person = new ToneCaller(_invite, _words);
        string call = (string)(await Eventually.SomeAsync(async () => (await Lab.CallsAsync(Host.OwnerA, "?number="
            + Uri.EscapeDataString(Callee))).FirstOrDefault(), "the call is there"))["id"]!;
        return (call, person);
    }

    /// <summary>What was said, once so much was.</summary>
    public Task<List<JsonObject>> TurnsAsync(string call, int count) => Eventually.SomeAsync(async () =>
    {
        var turns = (await TranscriptAsync(call))["transcript"]!.AsArray().Select(turn => turn!.AsObject()).ToList();
        if (turns.Count >= count) return turns;
        await Task.Delay(100, Stop);
        return null;
    }, $"{count} turns");

    public Task<JsonObject> TranscriptAsync(string call) => Host.DoneAsync(200, Host.OwnerA, "GET", $"/calls/{call}/transcript");

    /// <summary>The call as it is once a member of it says this.</summary>
    public Task<JsonObject> BecomesAsync(string call, string member, string value)
    {
        JsonObject? shown = null;
        return Eventually.SomeAsync(async () =>
        {
            shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + call);
            if ((string?)shown[member] == value) return shown;
            await Task.Delay(100, Stop);
            return null;
        }, () => $"{member} of {call} is {value}: it is {shown}");
    }

    /// <summary>Whoever was called presses a key.</summary>
    public async Task PressAsync(char key)
    {
        string target = Regex.Match(SipPeer.Header(_invite, "Contact"), "<([^>]+)>").Groups[1].Value;
        _peer.Send($"""
            INFO {target} SIP/2.0
            Via: SIP/2.0/UDP {_peer.Local};branch=z9hG4bKinfo;rport
            Max-Forwards: 70
            From: {SipPeer.Header(_invite, "To")};tag=peer
            To: {SipPeer.Header(_invite, "From")}
            Call-ID: {SipPeer.Header(_invite, "Call-ID")}
            CSeq: 1 INFO
            Content-Type: application/dtmf-relay
            Content-Length: 10

            Signal={key}

            """);
        await _peer.HearAsync("SIP/2.0 200");
    }

    /// <summary>Somebody calls the number, and is answered.</summary>
    /// <returns>The call's id, and what the node has answered.</returns>
    public async Task<(string Call, string Answer)> CallInAsync(string number)
    {
        _peer.Send(_peer.Invite(number));
        string answer = await _peer.HearAsync("SIP/2.0 200");
        _peer.Send(_peer.Inside(answer, number, "ACK", 1));
        string call = (string)(await Eventually.SomeAsync(async () => (await Lab.CallsAsync(Host.OwnerA, "?direction=inbound"))
            .FirstOrDefault(), "the call in is there"))["id"]!;
        return (call, answer);
    }

    /// <summary>Whoever has called presses a key.</summary>
    /// <param name="answer">By which he was answered.</param>
    /// <param name="nth">Of his requests in the call, from 2 on.</param>
    public async Task PressInAsync(string number, string answer, char key, int nth)
    {
        _peer.Send(_peer.Inside(answer, number, "INFO", nth).Replace("Content-Length: 0\n\n",
            $"Content-Type: application/dtmf-relay\nContent-Length: 10\n\nSignal={key}\n", StringComparison.Ordinal));
        await _peer.HearAsync("SIP/2.0 200");
    }

    /// <summary>Somebody calls the number once more, and is not answered.</summary>
    public async Task HearRefusalAsync(string number, string status)
    {
        _peer.Send(_peer.Invite(number, "call-2"));
        await _peer.HearAsync("SIP/2.0 " + status);
    }

    /// <summary>The node ends the call.</summary>
    public async Task HearByeAsync() => _peer.Send(_peer.Response(await _peer.HearAsync("BYE"), "200 OK"));

    public async ValueTask DisposeAsync()
    {
        await Lab.DisposeAsync();
        await Model.DisposeAsync();
        await _voice.DisposeAsync();
        _peer.Dispose();
    }
}
