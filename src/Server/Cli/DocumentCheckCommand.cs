using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

/// <summary><c>check FILE|URL</c>: what is wrong with a document, where, and what would be accepted there. No node is needed.</summary>
internal static class DocumentCheckCommand
{
    private const int MostRedirects = 5, MostBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(15);
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static Command Create(ScriptLanguage kind)
    {
        var source = new Argument<string>("FILE|URL") { Description = "a file, or where a server has it" };
        var language = new Option<string>("--language")
        {
            Description = $"whose attributes and ranges hold: {string.Join(" or ", kind.Languages)}",
            HelpName = string.Join('|', kind.Languages), DefaultValueFactory = _ => kind.Languages[0],
        };
        language.AcceptOnlyFromAmong([.. kind.Languages]);
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("check", "Say what is wrong with a document, where, and what would be accepted there.")
        {
            source, language, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            string from = parsed.GetRequiredValue(source);
            var (bytes, type) = await ReadAsync(from, stop);
            var faults = kind.Check(bytes, type, parsed.GetRequiredValue(language));
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? Json(from, faults) : Text(from, faults));
            return faults.Any(fault => fault.IsError) ? 1 : 0;
        });
        return command;
    }

    /// <exception cref="StartRefused">It cannot be read, or a server does not give it.</exception>
    private static async Task<(ReadOnlyMemory<byte> Bytes, string? Type)> ReadAsync(string from, CancellationToken stop)
    {
        if (Uri.TryCreate(from, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
            // Whoever types it may ask for what he likes on his own machine.
            var answer = await egress.SendAsync(new()
            {
                Url = from, Use = TargetUse.Document, MaxBytes = MostBytes, MaxRedirects = MostRedirects, Timeout = FetchLimit,
                IsOperatorConfigured = true, Headers = [new("accept", "application/xml, text/xml")],
            }, stop);
            return answer.IsSuccess ? (answer.Body, answer.ContentType) : throw new StartRefused($"{from}: {answer.Detail}");
        }
        try
        {
            return new FileInfo(from) is { Exists: true, Length: > MostBytes } large
                ? throw new StartRefused($"{from} is no document: it has {large.Length} bytes")
                : (await File.ReadAllBytesAsync(from, stop), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{from} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>"menu.xml:3:16: error: colour is no attribute of Say; accepted: effect, gender, …"</summary>
    private static string Text(string from, IReadOnlyList<ScriptFault> faults)
    {
        int errors = faults.Count(fault => fault.IsError), warnings = faults.Count - errors;
        var lines = faults.Select(fault =>
            $"{from}:{fault.Line}:{fault.Column}: {Word(fault)}: {fault.What.TrimEnd('.')}"
            + (fault.Accepted is { } accepted ? $"; accepted: {accepted}" : ""));
        string end = faults.Count == 0 ? $"{from}: nothing is wrong" : $"{Count(errors, "error")}, {Count(warnings, "warning")}";
        return string.Join('\n', [.. lines, end]);
    }

    private static string Json(string from, IReadOnlyList<ScriptFault> faults) => new JsonObject
    {
        ["source"] = from,
        ["errors"] = faults.Count(fault => fault.IsError),
        ["warnings"] = faults.Count(fault => !fault.IsError),
        ["findings"] = new JsonArray([.. faults.Select(fault => (JsonNode)new JsonObject
        {
            ["line"] = fault.Line, ["column"] = fault.Column, ["severity"] = Word(fault), ["what"] = fault.What,
            ["accepted"] = fault.Accepted,
        })]),
    }.ToJsonString(Readable);

    private static string Word(ScriptFault fault) => fault.IsError ? "error" : "warning";

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
