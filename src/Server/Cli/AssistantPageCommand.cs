using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>assistant page NUMBER</c>: a page on which a browser calls that number, by its microphone.</summary>
internal static class AssistantPageCommand
{
    private const int UsualMinutes = 30, MostMinutes = 1_440;

    public static Command Create()
    {
        var number = new Argument<string>("number") { Description = "+E.164, which an agent or an assistant of the node answers" };
        var minutes = new Option<int>("--minutes")
        {
            Description = "how long the page works", HelpName = "N", DefaultValueFactory = _ => UsualMinutes
        };
        minutes.Validators.Add(given =>
        {
            if (given.Tokens is [var token]
                && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= MostMinutes))
                given.AddError($"--minutes must be a whole number from 1 to {MostMinutes}, not '{token.Value}'");
        });
        var data = DataOption.Create();
        var command = new Command("page", "Make a page on which a browser calls a number of the node; it needs 'serve --lab'.")
        {
            number, minutes, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var link = await node.Client.DataAsync(HttpMethod.Post, "operator/v1/try_links",
                new JsonObject { ["to"] = parsed.GetRequiredValue(number), ["minutes"] = parsed.GetValue(minutes) }, stop);
            await Console.Out.WriteLineAsync($"{link["url"]}");
            await Console.Out.WriteLineAsync($"It calls {link["to"]} for whoever has the link, until {link["expires_at"]}.");
            return 0;
        });
        return command;
    }
}
