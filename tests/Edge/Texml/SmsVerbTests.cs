using Ringwright.Calls;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Texts that documents of calls send.</summary>
public sealed class SmsVerbTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory, InlineData(TwimlLanguage.Target, "+15550200071", "(555) 010-0071"), InlineData("", "+15550200072", "+15550100071")]
    public async Task A_text_goes_to_whom_it_names_and_the_next_verb_comes(string target, string own, string written)
    {
        var account = (await rig.AccountAsync()).Account;
        await rig.GiveAsync(account, own);
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target), Tenant = account };
        await rig.RunAsync($"<Response><Sms from=\"{own}\" to=\"{written}\">Press 1 &amp; wait.</Sms><Say>Sent.</Say></Response>", call);

        var text = Assert.Single(await rig.TextsOfAsync(account));
        Assert.Equal((own, "+15550100071", "Press 1 & wait."), (text.From, text.To, text.Words));
        Assert.Empty(call.Warnings);
        Assert.Single(call.Commands.OfType<LegCommand.Speak>());
    }

    [Fact]
    public async Task Its_action_hears_of_it_and_its_callback_stands_with_the_text()
    {
        var account = (await rig.AccountAsync()).Account;
        const string own = "+15550300071";
        await rig.GiveAsync(account, own);
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Tenant = account };
        string attributes = $"from=\"{own}\" to=\"+15550100072\" action=\"/done\" statusCallback=\"/status\"";
        var next = Assert.IsType<Step.Go>(await rig.RunAsync($"<Response><Sms {attributes}>Hi</Sms></Response>", call));

        var text = Assert.Single(await rig.TextsOfAsync(account));
        Assert.Equal("http://127.0.0.1:9/done", next.Url);
        Assert.Contains(new("MessageSid", $"SM{text.Id:N}"), next.More);
        Assert.Contains(new("SmsStatus", "queued"), next.More);
        Assert.Equal("http://127.0.0.1:9/status", (string?)text.Facts["callback"]);
    }

    [Fact]
    public async Task From_a_strangers_number_none_is_sent_and_the_action_hears_that()
    {
        var account = (await rig.AccountAsync()).Account;
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, TwimlLanguage.Target), Tenant = account };
        var next = Assert.IsType<Step.Go>(await rig.RunAsync(
            "<Response><Sms from=\"+15550399999\" to=\"+15550100073\" action=\"/done\">Hi</Sms></Response>", call));
        Assert.Contains(new("MessageStatus", "failed"), next.More);
        Assert.Contains("Sms was not sent: +15550399999 is no number of the account (line 1, column 12)", call.Warnings);
        Assert.Empty(await rig.TextsOfAsync(account));
    }
}
