using System.Text;
using Ringwright.Delivery.Mails;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>A flow mails what it says, and what it has recorded.</summary>
public sealed class MailedRecordingTests
{
    [Fact]
    public async Task Html_of_a_flow_goes_out_as_html()
    {
        await using var sink = new MailSink();
        await using var host = await CallingHost.StartAsync(settings => settings with
        {
            Mail = new MailServer { Host = "127.0.0.1", Port = sink.Port, From = "node@example.com" },
        });
        await host.Api.DoneAsync("POST", "/activeflows", """
            {"actions":[{"type":"email_send","option":{"subject":"Due","content":"<p>You owe 42.</p>",
             "destinations":[{"type":"email","target":"ada@example.com"}]}}]}
            """);
        await Eventually.TrueAsync(() => sink.Taken.Count > 0, "the mail");
        string text = Assert.Single(sink.Taken).Text.ReplaceLineEndings("\n");
        Assert.Contains("\nContent-Type: text/html; charset=utf-8\n", text, StringComparison.Ordinal);
        string body = text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace("\n", "", StringComparison.Ordinal);
        Assert.Equal("<p>You owe 42.</p>", Encoding.UTF8.GetString(Convert.FromBase64String(body)));
    }

    [Fact, Depth("the gate has mails with files, and flows that name recordings for theirs")]
    public async Task The_recording_of_a_call_goes_with_the_mail_of_its_flow()
    {
        await using var sink = new MailSink();
        await using var host = await CallingHost.StartAsync(settings => settings with
        {
            Mail = new MailServer { Host = "127.0.0.1", Port = sink.Port, From = "node@example.com" },
        });
        await host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{host.Far.Address("now-440")}}}],
             "actions":[{"type":"recording_start","option":{"format":"wav"}},{"type":"sleep","option":{"duration":1500}},
              {"type":"recording_stop"},{"type":"email_send","option":{"subject":"A call","content":"Listen.",
               "destinations":[{"type":"email","target":"ada@example.com"}],
               "attachments":[{"reference_type":"recording","reference_id":"${voipbin.recording.id}"}]}}]}
            """);
        await Eventually.TrueAsync(() => sink.Taken.Count > 0, "the mail");
        var mail = Assert.Single(sink.Taken);
        Assert.Equal(["ada@example.com"], mail.To);
        string text = mail.Text.ReplaceLineEndings("\n");
        Assert.Contains("\nSubject: A call\n", text, StringComparison.Ordinal);
        string[] blocks = text.Split("\n\n");
        // The mail's head, the words' head, the words with the sound's head, and the sound.
        Assert.Contains("Content-Type: audio/wav\n", blocks[2], StringComparison.Ordinal);
        Assert.Matches("filename=\"[0-9a-f-]{36}[.]wav\"", blocks[2]);
        string base64 = blocks[^1][..blocks[^1].IndexOf("--", StringComparison.Ordinal)].Replace("\n", "", StringComparison.Ordinal);
        byte[] sound = Convert.FromBase64String(base64);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(sound, 0, 4));
        Assert.True(sound.Length > 8_000, $"{sound.Length} bytes");
    }
}
