using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>What the document that is for who was dialled alone is told of his answer.</summary>
public sealed class WhisperHeaderTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task In_TwiML_it_has_the_headers_that_he_answered_with(bool isTwiml)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.ContentType = "text/xml";
            return context.Response.WriteAsync("<Response/>", stop);
        });
        var ready = new TaskCompletionSource<DialledNews.Ready>(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialled = new DialledCall(new Step.Go($"{sink.Url}/whisper", "POST", []), Tell, isTwiml);
        var call = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, dialled.Target),
            Answered = new()
            {
                Leg = new Script(new(Guid.NewGuid())).Facts, At = Script.At(2), Codec = "PCMU", SampleRate = 8_000,
                Answer = new("a84b@10.0.0.7", [new("X-Desk", "7")]),
            },
        };
        var running = rig.ProgramOf(dialled).RunAsync(call).AsTask();
        var told = await ready.Task.WaitAsync(TimeSpan.FromSeconds(30), stop);
        Assert.Equal("a84b@10.0.0.7", told.Answer?.CallId);
        Assert.Equal(isTwiml, Assert.Single(sink.All).Text.Contains("SipHeader_X-Desk=7", StringComparison.Ordinal));
        call.End();
        await running.WaitAsync(TimeSpan.FromSeconds(30), stop);

        void Tell(DialledNews news)
        {
            if (news is DialledNews.Ready first) ready.TrySetResult(first);
        }
    }
}
