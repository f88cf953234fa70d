using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Testing;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>A caller whom the one that a Dial has joined him to hands on by his phone (REFER), and leaves.</summary>
public sealed class HandedOnDialTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private static readonly LegId Third = LegId.Compose(1, 0, 1, 3, 3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The switch tells of him what came of it, nothing before: his document would speak into a ring, and hang him up.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task Goes_on_in_his_document_when_he_is_alone(bool isReached)
    {
        var clock = new FakeTimeProvider();
        DialledCall? other = null;
        LegFacts? dialled = null;
        var call = new ScriptedCall { Dialling = Dialling };
        var document = TexmlReader.Read("<Response><Dial><Sip>sip:desk@127.0.0.1:9</Sip></Dial><Say>Alone.</Say></Response>");
        var run = new DocumentRun(rig.Open(call, clock)).RunAsync(document).AsTask();
        await Eventually.TrueAsync(() => dialled is not null, "he is dialled");
        var script = new Script(dialled!.Tenant, counter: 2) { Facts = dialled };
        call.Happen(new CallEvent.LegBridged(dialled.Id) { Leg = call.Leg, At = Script.At(3) });
        await StaysAsync();
        other!.Tell(new DialledNews.Over((CallEvent.LegEnded)script.Ended(5, HangupCause.RemoteHangup)));
        await StaysAsync();
        if (isReached)
        {
            call.Happen(new CallEvent.LegBridged(Third) { Leg = call.Leg, At = Script.At(6) });
            await StaysAsync();
        }
        call.Happen(new CallEvent.LegUnbridged(isReached ? Third : dialled.Id) { Leg = call.Leg, At = Script.At(9) });
        await run.WaitAsync(Eventually.Deadline, Stop);
        Assert.Equal(["Alone."], Said());
        call.End();

        Dialled Dialling(DialRequest request)
        {
            var facts = new Script(request.Tenant, counter: 2).Facts with
            {
                To = request.To,
                Application = request.Application,
                AnsweredAt = Script.At(2),
            };
            other = rig.Dialled.Find(request.Application.Target);
            dialled = facts;
            return Dialled.Accepted(facts);
        }

        async Task StaysAsync()
        {
            for (int i = 0; i < 5; i++)
            {
                await Task.Delay(20, Stop);
                clock.Advance(TimeSpan.FromSeconds(1));
            }
            Assert.Empty(Said());
            Assert.False(run.IsCompleted);
        }

        IEnumerable<string> Said() => call.Commands.OfType<LegCommand.Speak>().Select(speak => speak.Speech.Text);
    }
}
