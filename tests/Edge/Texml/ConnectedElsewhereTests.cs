using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>
/// A call that somebody else's command has connected while its document ran: a program that has transferred its caller closes its stream,
/// and the document comes to its end while the two talk.
/// </summary>
public sealed class ConnectedElsewhereTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private const string Bot = "<Connect><Stream url=\"wss://127.0.0.1:9/ws/telnyx\" bidirectionalMode=\"rtp\"/></Connect>";

    [Theory, InlineData("<Pause length=\"40\"/>", true), InlineData("", true), InlineData("<Hangup/>", false)]
    public async Task Its_party_is_hung_up_on_when_the_other_one_has_gone_unless_the_document_says_so(string behind, bool waits)
    {
        var peer = new Script(new(Guid.NewGuid()), counter: 2).Facts.Id;
        bool hasGone = false, wasAlone = false;
        var parting = Task.CompletedTask;
        ScriptedCall? call = null;
        call = new() { Order = DocumentOrder.OfText("1", $"<Response>{Bot}{behind}</Response>"), Seen = See };
        await RunAsync(call);
        await parting;
        Assert.Single(call.Commands.OfType<LegCommand.Hangup>());
        Assert.Equal(waits, wasAlone);
        Assert.Empty(call.Warnings);

        void See(LegCommand command)
        {
            if (command is LegCommand.Hangup) wasAlone = hasGone;
            if (command is not LegCommand.StartStream) return;
            call!.Happen(new CallEvent.LegBridged(peer) { Leg = call.Leg, At = Script.At(3) });     // it is being run
            parting = PartAsync();
        }

        async Task PartAsync()
        {
            // The rig's clock goes a second in two milliseconds.
            await Task.Delay(500, TestContext.Current.CancellationToken);
            hasGone = true;
            call!.Happen(new CallEvent.LegUnbridged(peer) { Leg = call.Leg, At = Script.At(90) });      // the same
        }
    }

    /// <summary>Who goes into a queue or a conference leaves whom he talked to, which no other event tells.</summary>
    [Fact]
    public void Whom_a_call_is_with_is_told_by_its_events()
    {
        var script = new Script(new(Guid.NewGuid()));
        LegFacts own = script.Facts, peer = new Script(own.Tenant, counter: 2).Facts, agent = new Script(own.Tenant, counter: 3).Facts;
        var room = new ConferenceFacts(default, Guid.NewGuid(), own.Tenant, "board", Script.At(1), ConferenceParty.Of(peer));
        var bridged = new CallEvent.LegBridged(peer.Id) { Leg = own, At = Script.At(3) };
        var taken = new CallEvent.LegBridged(agent.Id) { Leg = own, At = Script.At(6) };
        var enqueued = new CallEvent.LegEnqueued(default, "support", 1)
        {
            Leg = own, At = Script.At(4), Position = 1, AverageWait = TimeSpan.Zero,
        };
        Assert.Equal("with alone", After(bridged, Parted(peer)));
        // Of another one, which comes late.
        Assert.Equal("with with with alone", After(bridged, taken, Parted(peer), Parted(agent)));
        Assert.Equal("with with alone", After(bridged, enqueued, Dequeued(DequeueReason.Timeout)));
        Assert.Equal("with with awaited with alone", After(bridged, enqueued, Dequeued(DequeueReason.Bridged), taken, Parted(agent)));
        // Who was taken past the queue: that tells of it behind.
        Assert.Equal("with with with alone", After(enqueued, taken, Dequeued(DequeueReason.Bridged), Parted(agent)));
        Assert.Equal("with with with alone", After(bridged, Joined(own), Joined(peer), Left(own)));
        Assert.Equal("alone with with", After(Joined(peer), Joined(own), Left(peer)));

        string After(params ReadOnlySpan<SubjectEvent> events)
        {
            var (company, words) = (Company.None, new List<string>());
            foreach (var happened in events)
            {
                company = company.Behind(happened, own.Id);
                words.Add(company.IsOnItsWay ? "awaited" : company.IsAny ? "with" : "alone");
            }
            return string.Join(' ', words);
        }

        CallEvent.LegUnbridged Parted(LegFacts who) => new(who.Id) { Leg = own, At = Script.At(7) };
        CallEvent.LegDequeued Dequeued(DequeueReason why) => new(default, "support", why)
        {
            Leg = own, At = Script.At(5), Position = 1, Waited = TimeSpan.Zero,
        };
        ConferenceEvent.ParticipantJoined Joined(LegFacts who) =>
            new(ConferenceParty.Of(who), Guid.Empty, new()) { Conference = room, At = Script.At(4) };
        ConferenceEvent.ParticipantLeft Left(LegFacts who) =>
            new(ConferenceParty.Of(who), Guid.Empty) { Conference = room, At = Script.At(5) };
    }

    private async Task RunAsync(ScriptedCall call) => await DocumentProgram.RunAsync(rig.Open(call), isReplaced: true).AsTask()
        .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
}
