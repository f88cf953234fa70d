using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>phone list|messages</c>: the phones that are registered or were refused, and what the message lamp of a SIP user's phone shows.
/// </summary>
internal static class PhoneCommand
{
    public static Command Create() => new("phone", "Phones that are registered, and what they are told.") { List("list"), Messages() };

    /// <summary><c>phones</c>: the list, as it is typed by who has just typed <c>calls</c>.</summary>
    public static Command CreatePlural()
    {
        var command = List("phones");
        command.Hidden = true;
        return command;
    }

    private static Command List(string name)
    {
        var refused = new Option<bool>("--refused")
        {
            Description = "those that were refused and why: a row for each user and reason at an address, since the node started"
        };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command(name, "List the phones that are registered, of all accounts.") { refused, json, watch, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            return await Watching.RunAsync(parsed.GetValue(watch), async into =>
            {
                bool isRefused = parsed.GetValue(refused);
                var phones = await node.Client.ListAsync(isRefused ? "operator/v1/phones/refused" : "operator/v1/phones", stop);
                if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(phones));
                else if (isRefused)
                    await Table.WriteAsync(into, ["LAST", "SOURCE", "USER", "REASON", "TIMES"],
                    [
                        .. phones.Select(phone => (IReadOnlyList<string>)
                        [
                            LiveText.Moment(phone!["at"]), $"{phone["source"]}", $"{phone["user_name"]}", $"{phone["reason"]}",
                            $"{phone["times"]}",
                        ]),
                    ]);
                else
                    await Table.WriteAsync(into, ["ACCOUNT", "USER", "FROM", "BY", "PROGRAM", "SINCE", "UNTIL"],
                    [
                        .. phones.Select(phone => (IReadOnlyList<string>)
                        [
                            $"{phone!["account"] ?? "-"}", $"{phone["user_name"]}", $"{phone["remote"]}", $"{phone["transport"]}",
                            $"{phone["user_agent"]}", LiveText.Moment(phone["registered_at"]), LiveText.Moment(phone["expires_at"]),
                        ]),
                    ]);
            }, stop);
        });
        return command;
    }

    private static Command Messages()
    {
        var user = new Argument<string>("user") { Description = "a SIP user name" };
        var fresh = new Option<int?>("--new") { Description = "messages that nobody has heard; with it the counts are set" };
        var old = new Option<int?>("--old") { Description = "messages that were heard; none when not named" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("messages", "Show how many messages wait for a SIP user, or set it: the lamp of his phone follows.")
        {
            user, fresh, old, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = $"operator/v1/phones/{Uri.EscapeDataString(parsed.GetRequiredValue(user))}/messages";
            var (newOnes, oldOnes) = (parsed.GetValue(fresh), parsed.GetValue(old));
            if (newOnes is null && oldOnes is not null) throw new StartRefused("--old sets the counts together with --new");
            var body = newOnes is { } count ? new JsonObject { ["new"] = count, ["old"] = oldOnes ?? 0 } : null;
            var now = await node.Client.DataAsync(body is null ? HttpMethod.Get : HttpMethod.Put, path, body, stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(now)
                : $"{now["user_name"]} of account '{now["account"]}': {now["new"]} new, {now["old"]} old");
            return 0;
        });
        return command;
    }
}
