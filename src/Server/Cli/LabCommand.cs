using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Operator;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;

namespace Ringwright.Server.Cli;

/// <summary><c>lab dial|calls|model|smsc</c>: what the people of a running node's lab do and did.</summary>
internal static class LabCommand
{
    public static Command Create() => new("lab", "The people of the lab (serve --lab), and what stands in for a model and a carrier.")
    {
        Dial(), Calls(), LabModelCommand.Create(), LabCentreCommand.Create(),
    };

    private static Command Dial()
    {
        var from = new Option<string>("--from")
        {
            Description = "whose phone: +15550001234 is a person who says hello", HelpName = "+…", Required = true
        };
        var to = new Option<string>("--to")
        {
            Description = "one of the node's numbers, for example +15550100000", HelpName = "+…", Required = true
        };
        from.Validators.Add(BeNumber);
        to.Validators.Add(BeNumber);
        var data = DataOption.Create();
        var command = new Command("dial", "Let a person of the lab call one of your numbers.") { from, to, data };
        command.SetAction(async (parsed, stop) =>
        {
            await DialAsync(parsed.Folder(data), parsed.GetRequiredValue(from), parsed.GetRequiredValue(to), stop);
            await Console.Out.WriteLineAsync($"{parsed.GetValue(from)} calls {parsed.GetValue(to)}");
            return 0;
        });
        return command;
    }

    /// <summary>A person of the lab calls one of the node's numbers.</summary>
    /// <exception cref="StartRefused">No lab runs on the folder, or it refused.</exception>
    public static Task DialAsync(string data, string from, string to, CancellationToken stop) =>
        SendAsync(data, HttpMethod.Post, "dial", new JsonObject { ["from"] = from, ["to"] = to }, stop);

    private static Command Calls()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command("calls", "List the calls that the people of the lab had, and what each heard and pressed.")
        {
            json, watch, data
        };
        command.SetAction((parsed, stop) => Watching.RunAsync(parsed.GetValue(watch), async into =>
        {
            var calls = await SendAsync(parsed.Folder(data), HttpMethod.Get, "calls", null, stop);
            if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(calls));
            else
                await Table.WriteAsync(into, ["STARTED", "FROM", "TO", "ANSWERED", "DIGITS HEARD", "PRESSED", "ENDED"],
                    [.. calls.AsArray().Select(c => (IReadOnlyList<string>)[Time(c!["started_at"]!), $"{c["from"]}", $"{c["to"]}",
                        (bool)c["answered"]! ? "yes" : "no", $"{c["digits"]}", $"{c["pressed"]}",
                        CallWords.Words((string?)c["ended"] ?? "live")])]);
        }, stop));
        return command;
    }

    private static string Time(JsonNode at) =>
        DateTimeOffset.Parse((string)at!, CultureInfo.InvariantCulture).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static void BeNumber(OptionResult given)
    {
        if (given.Tokens is [var token] && !E164.TryParse(token.Value, out _))
            given.AddError($"{given.Option.Name} must be a number in +E.164 form, for example +15550001234, not '{token.Value}'");
    }

    /// <exception cref="StartRefused">No lab runs on the folder, or it refused.</exception>
    private static async Task<JsonNode> SendAsync(string data, HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        using var http = new HttpClient(UnixSocketHttp.Handler(() => LabRole.SocketFor(data)));
        try
        {
            using var request = new HttpRequestMessage(method, $"http://lab/{path}");
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, stop);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(stop))!; // the lab always answers JSON
            return response.IsSuccessStatusCode ? answer : throw new StartRefused($"the lab refused: {answer["error"]}");
        }
        catch (HttpRequestException)
        {
            throw new StartRefused($"no lab runs on {data}: start one with 'ringwright serve --lab', or name its folder with --data");
        }
    }
}
