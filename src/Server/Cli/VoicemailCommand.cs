using System.CommandLine;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>voicemail list|messages|fetch|delete</c>: messages in the mailboxes of numbers.</summary>
internal static class VoicemailCommand
{
    public static Command Create() => new("voicemail", "Messages that callers have left.") { List(), Messages(), Fetch(), Delete() };

    private static Command List()
    {
        var tenant = new Option<string>("--tenant") { Description = "of this account only" };
        var (json, data) = (Json(), DataOption.Create());
        var command = new Command("list", "List the numbers with voicemail, and how many messages each has.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var all = await MailboxesClient.ListAsync(node.Client, parsed.GetValue(tenant), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(all));
            else
                await Table.WriteAsync(Console.Out, ["NUMBER", "ACCOUNT", "STATE", "NEW", "OLD"],
                    [.. all.Select(m => (IReadOnlyList<string>)[$"{m!["phone_number"]}", $"{m["account"]}",
                        (bool?)m["enabled"] is true ? "on" : "off", $"{m["new"]}", $"{m["old"]}"])]);
            return 0;
        });
        return command;
    }

    private static Command Messages()
    {
        var (number, json, data) = (Number(), Json(), DataOption.Create());
        var command = new Command("messages", "List the messages of a number, the oldest first.") { number, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            string text = Read(parsed.GetRequiredValue(number));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var all = await MailboxesClient.ListMessagesAsync(node.Client, text, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(all));
            else
                await Table.WriteAsync(Console.Out, ["ID", "FROM", "AT", "LENGTH", "STATE"],
                    [.. all.Select(m => (IReadOnlyList<string>)[$"{m!["id"]}", $"{m["from"]}", LiveText.Moment(m["created_at"]),
                        $"{m["seconds"]} s", (bool?)m["heard"] is true ? "heard" : "new"])]);
            return 0;
        });
        return command;
    }

    private static Command Fetch()
    {
        var (number, id, data) = (Number(), Id(), DataOption.Create());
        var file = new Argument<string>("file") { Description = "where the WAV file is put; - writes it to the standard output" };
        var command = new Command("fetch", "Fetch a message. It does not count as heard by that.") { number, id, file, data };
        command.SetAction(async (parsed, stop) =>
        {
            string text = Read(parsed.GetRequiredValue(number)), into = parsed.GetRequiredValue(file);
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            byte[] sound = await MailboxesClient.FetchAsync(node.Client, text, parsed.GetRequiredValue(id), stop);
            if (into == "-")
            {
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync(sound, stop);
                return 0;
            }
            try
            {
                await File.WriteAllBytesAsync(into, sound, stop);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                throw new StartRefused($"{into}: {failed.Message}", failed);
            }
            await Console.Out.WriteLineAsync($"the message is in {into}");
            return 0;
        });
        return command;
    }

    private static Command Delete()
    {
        var (number, id, data) = (Number(), Id(), DataOption.Create());
        var command = new Command("delete", "Delete a message. The lamp of the number's phone follows.") { number, id, data };
        command.SetAction(async (parsed, stop) =>
        {
            string text = Read(parsed.GetRequiredValue(number));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var gone = await MailboxesClient.DeleteAsync(node.Client, text, parsed.GetRequiredValue(id), stop);
            await Console.Out.WriteLineAsync(Table.Printable($"the message from {gone["from"]} to {gone["phone_number"]} is deleted"));
            return 0;
        });
        return command;
    }

    private static Argument<string> Number() => new("number") { Description = "in +E.164 form" };

    private static Argument<string> Id() => new("id") { Description = "as voicemail messages shows it" };

    private static Option<bool> Json() => new("--json") { Description = "print JSON" };

    private static string Read(string text) => TypedNumber.Read(text);
}
