using System.Text;
using Ringwright.Delivery.Mails;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Store.Blobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

public abstract class MailTests(Product product)
{
    [Fact]
    public async Task A_message_to_a_mail_address_goes_out_as_mail()
    {
        await using var sink = new MailSink();
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink));
        var message = node.Message("mailto:ada@example.com", """{"n":1}""");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);

        Assert.True(delivery.IsDelivered);
        var mail = Assert.Single(sink.Taken);
        Assert.Equal(("node@example.com", "ada@example.com"), (mail.From, Assert.Single(mail.To)));
        var (head, body) = Split(mail.Text);
        Assert.Equal("node@example.com", head["from"]);
        Assert.Equal("ada@example.com", head["to"]);
        Assert.Equal("auto-generated", head["auto-submitted"]);     // RFC 3834: no vacation note answers it
        Assert.StartsWith($"<{message.Id}@", head["message-id"], StringComparison.Ordinal);
        Assert.Equal("=?utf-8?B?" + Convert.ToBase64String(Encoding.UTF8.GetBytes("Grüße von test.happened")) + "?=",
            head["subject"], ignoreCase: true);
        Assert.Equal("One line.\r\n.\r\n.. three dots and ü\r\n{\"n\":1}\r\n", Encoding.UTF8.GetString(Convert.FromBase64String(body)));
        Assert.Equal((250, "mailto:ada@example.com"), (delivery.Attempts[0].ResponseStatus, delivery.Attempts[0].Url));
    }

    [Fact]
    public async Task A_file_goes_with_a_mail_and_none_goes_out_without_its_file()
    {
        await using var sink = new MailSink();
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink));
        byte[] sound = [.. Enumerable.Range(0, 1_000).Select(i => (byte)(i % 256))];
        var whole = node.Message("mailto:ada@example.com") with { EventType = PlainFormat.Recorded };
        await node.Test.Database.Blobs.PutAsync(PlainFormat.SoundOf(whole), sound, TestContext.Current.CancellationToken);
        await node.SendAsync(whole);
        Assert.True((await node.FinishedAsync(whole)).IsDelivered);

        string text = Assert.Single(sink.Taken).Text.ReplaceLineEndings("\n");
        string head = text[..text.IndexOf("\n\n", StringComparison.Ordinal)], boundary = $"=_{whole.Id:N}";
        Assert.Contains($"\nContent-Type: multipart/mixed; boundary=\"{boundary}\"", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Transfer-Encoding", head, StringComparison.Ordinal);
        string[] parts = text.Split("--" + boundary);
        Assert.Equal((4, "--\n"), (parts.Length, parts[3]));
        Assert.StartsWith("\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n", parts[1],
            StringComparison.Ordinal);
        Assert.StartsWith("One line.\r\n", Encoding.UTF8.GetString(Decoded(parts[1])), StringComparison.Ordinal);
        Assert.StartsWith("\nContent-Type: audio/wav\nContent-Transfer-Encoding: base64\n"
            + "Content-Disposition: attachment; filename=\"call.wav\"\n\n", parts[2], StringComparison.Ordinal);
        Assert.Equal(sound, Decoded(parts[2]));

        var gone = node.Message("mailto:ada@example.com") with { EventType = PlainFormat.Recorded };
        await node.SendAsync(gone);
        var delivery = await node.FinishedAsync(gone);
        Assert.Equal((false, 3), (delivery.IsDelivered, delivery.Attempts.Count));
        Assert.Single(sink.Taken);

        static byte[] Decoded(string part) => Convert.FromBase64String(
            part[(part.IndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not()
    {
        int busy = 0;
        await using var sink = new MailSink(line => line.StartsWith("RCPT", StringComparison.Ordinal)
            ? line.Contains("nobody", StringComparison.Ordinal) ? "550 no such user"
                : Interlocked.Increment(ref busy) == 1 ? "451 later" : null : null);
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink));
        var (patient, hopeless) = (node.Message("mailto:ada@example.com"), node.Message("mailto:nobody@example.com"));
        await node.SendAsync(patient, hopeless);

        var taken = await node.FinishedAsync(patient);
        Assert.Equal([true, false], taken.Attempts.Select(a => a.IsDelivered));
        Assert.Equal(451, taken.Attempts[1].ResponseStatus);
        var refused = Assert.Single((await node.FinishedAsync(hopeless)).Attempts);
        Assert.Equal((550, false), (refused.ResponseStatus, refused.IsDelivered));
        Assert.Contains("no such user", refused.ResponseBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_says_who_it_is_by_its_address()
    {
        // What Postfix answers to a word without a dot.
        await using var sink = new MailSink(line => line.StartsWith("EHLO ", StringComparison.Ordinal) && line != "EHLO [127.0.0.1]"
            ? "504 5.5.2 Helo command rejected: need fully-qualified hostname" : null);
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink));
        var message = node.Message("mailto:ada@example.com");
        await node.SendAsync(message);
        Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task A_mail_that_was_taken_is_sent_once_however_its_server_leaves()
    {
        await using var sink = new MailSink(leaves: true);
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink));
        var message = node.Message("mailto:ada@example.com");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal((true, 1), (delivery.IsDelivered, delivery.Attempts.Count));
        Assert.Single(sink.Taken);
    }

    [Fact]
    public async Task Without_a_mail_server_a_mail_is_given_up_and_says_so()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message("mailto:ada@example.com");
        await node.SendAsync(message);
        Assert.False((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task A_mail_server_that_is_not_there_is_tried_again()
    {
        await using var node = await DeliveryRig.StartAsync(product,
            mail: new() { Host = "127.0.0.1", Port = FreePort.Tcp(), From = "node@example.com" });
        var message = node.Message("mailto:ada@example.com");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal(3, delivery.Attempts.Count);
        Assert.All(delivery.Attempts, a => Assert.Equal([75002], a.Errors));
    }

    [Fact]
    public async Task No_password_goes_over_an_open_line()
    {
        await using var sink = new MailSink();
        await using var node = await DeliveryRig.StartAsync(product, mail: Server(sink) with { User = "ada", Password = "secret" });
        var message = node.Message("mailto:ada@example.com");
        await node.SendAsync(message);
        Assert.False((await node.FinishedAsync(message)).IsDelivered);
        Assert.Empty(sink.Taken);
    }

    [Fact]
    public async Task What_comes_of_a_message_that_is_given_up_is_committed_with_its_end()
    {
        await using var sink = await Sink.StartAsync();
        await using var dead = await Sink.StartAsync(404);
        await using var node = await DeliveryRig.StartAsync(product);
        var told = node.Message(sink.Url) with { OrderKey = "told" };
        node.GivenUp = (entry, last) => entry.Url == dead.Url ? [told] : [];
        await node.SendAsync(node.Message(dead.Url));
        Assert.True((await node.FinishedAsync(told)).IsDelivered);
    }

    private static MailServer Server(MailSink sink) => new() { Host = "127.0.0.1", Port = sink.Port, From = "node@example.com" };

    private static (Dictionary<string, string> Head, string Body) Split(string mail)
    {
        string[] parts = mail.Split("\n\n", 2);
        var head = parts[0].Replace("\n ", " ", StringComparison.Ordinal).Split('\n').Select(l => l.Split(": ", 2))
            .ToDictionary(l => l[0].ToLowerInvariant(), l => l[1].Trim('\r'));
        return (head, parts[1].Replace("\n", "", StringComparison.Ordinal));
    }
}

public sealed class MailOnSqlite() : MailTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class MailOnPostgres() : MailTests(Product.Postgres);
