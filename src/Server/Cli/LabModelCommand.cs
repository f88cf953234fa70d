using System.CommandLine;
using System.Net;
using Ringwright.Lab.Models;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary><c>lab model</c>: a server that stands in for a language model, and answers by rules. It runs until it is stopped.</summary>
internal static class LabModelCommand
{
    private const int MostBytes = 1024 * 1024;

    public static Command Create()
    {
        var rules = new Argument<string>("FILE")
        {
            Description = "the rules, one a line: WHEN word SAY text, WHEN word CALL tool {json}, …",
        };
        var listen = new Option<string>("--listen")
        {
            Description = "where it listens [default: 127.0.0.1:8090]", HelpName = "HOST:PORT", DefaultValueFactory = _ => "127.0.0.1:8090",
        };
        var key = new Option<string>("--key-file") { Description = "asks for the key in this file", HelpName = "FILE" };
        var command = new Command("model", "Stand in for a language model by rules, over OpenAI's chat completions.")
        {
            rules, listen, key,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var (read, fault) = ModelRules.Read(await ReadAsync(parsed.GetRequiredValue(rules), stop));
            if (read is null) throw new StartRefused($"{parsed.GetRequiredValue(rules)}: {fault}");
            string? asked = parsed.GetValue(key) is { } file ? (await ReadAsync(file, stop)).Trim() : null;
            await RunAsync(read, new SettingText("--listen", parsed.GetRequiredValue(listen)).EndPoint(), asked, stop);
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(ModelRules rules, IPEndPoint at, string? key, CancellationToken stop)
    {
        LabModel model;
        try
        {
            model = await LabModel.StartAsync(rules, at, key, line => Console.Out.WriteLine(line), stop);
        }
        catch (IOException taken)
        {
            throw new StartRefused($"--listen {at}: {taken.Message}", taken);
        }
        await using var _ = model;
        await Console.Out.WriteLineAsync($"rules answer at {model.BaseUrl} as {rules.Fingerprint}; they are no model");
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal static async Task<string> ReadAsync(string file, CancellationToken stop)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MostBytes }) throw new StartRefused($"{file} has more than 1 MiB");
            return await File.ReadAllTextAsync(file, stop);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{file} cannot be read: {unreadable.Message}", unreadable);
        }
    }
}
