using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What a module says of its program holds for its calls, and is kept with their events.</summary>
public sealed class VaultModuleTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_modules_confidential_program_hears_a_key_that_nobody_else_is_told()
    {
        var module = new VaultModule();
        await using var node = await RunningNode.StartAsync(modules: [module]);
        var vault = module.Joined!;         // it has joined
        using var far = new SipPeer(node.Node.Settings.Sip);

        var leg = await vault.CallAsync(VaultModule.Vault.Door, $"sip:owner@{far.Local}", Stop);
        string invite = await far.HearAsync("INVITE");
        far.Send(far.Response(invite, "200 OK", far.Sdp));
        await far.HearAsync("ACK");
        far.Send(Press(far, invite, '7'));
        await far.HearAsync("SIP/2.0 200");
        await Eventually.TrueAsync(() => vault.Pressed.Contains('7'), "the program hears the key");

        Assert.Equal(Refusal.Confidential,
            (await vault.SendAsync(leg, new LegCommand.StartTranscription(new("en", TapTracks.Said)), Stop)).Refusal);
        Assert.Equal(Refusal.Confidential, (await vault.SendAsync(leg, new LegCommand.StartFork(new("127.0.0.1:9", null)), Stop)).Refusal);

        var kept = await node.Node.Database.Events.ListLegAsync(vault.Account, leg, Stop);
        Assert.All(kept, row => Assert.True(((CallEvent)row.ToEvent()).Leg.Application.IsConfidential));
        Assert.Equal('x', Assert.Single(kept.Select(row => row.ToEvent()).OfType<CallEvent.DigitReceived>()).Digit);

        Assert.True((await vault.SendAsync(leg, new LegCommand.Hangup(), Stop)).IsAccepted);
        far.Send(far.Response(await far.HearAsync("BYE"), "200 OK"));
    }

    [Fact]
    public async Task A_program_of_which_no_module_says_anything_is_like_any_other()
    {
        var module = new VaultModule();
        await using var node = await RunningNode.StartAsync(modules: [module]);
        var vault = module.Joined!;         // it has joined
        using var far = new SipPeer(node.Node.Settings.Sip);

        var leg = await vault.CallAsync("another", $"sip:owner@{far.Local}", Stop);
        // No module makes such a program, so the call ends at once; its last event says by which rules it was held.
        bool isRefused = false;
        var ended = await Eventually.SomeAsync(async () =>
        {
            // An INVITE that was sent by then is not cancelled before something answers it.
            if (!isRefused && !far.HasHeardNothing)
            {
                far.Send(far.Response(await far.HearAsync("INVITE"), "603 Decline"));
                isRefused = true;
            }
            return (await node.Node.Database.Events.ListLegAsync(vault.Account, leg, Stop))
                .Select(row => row.ToEvent()).OfType<CallEvent.LegEnded>().FirstOrDefault();
        }, "the call ends");
        Assert.Null(ended.Leg.Application.Traits);
        Assert.False(ended.Leg.Application.IsConfidential);
        Assert.Equal(TimeSpan.FromSeconds(10), ended.Leg.Application.FirstCommandTimeout);
    }

    /// <summary>Whoever was called presses a key.</summary>
    private static string Press(SipPeer far, string invite, char key) => $"""
        INFO {Regex.Match(SipPeer.Header(invite, "Contact"), "<([^>]+)>").Groups[1].Value} SIP/2.0
        Via: SIP/2.0/UDP {far.Local};branch=z9hG4bKinfo;rport
        Max-Forwards: 70
        From: {SipPeer.Header(invite, "To")};tag=peer
        To: {SipPeer.Header(invite, "From")}
        Call-ID: {SipPeer.Header(invite, "Call-ID")}
        CSeq: 1 INFO
        Content-Type: application/dtmf-relay
        Content-Length: 10

        Signal={key}

        """;
}
