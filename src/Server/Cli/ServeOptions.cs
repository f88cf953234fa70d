using System.CommandLine;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary>The rows of <see cref="ServeFlags"/> as options of a command.</summary>
internal sealed class ServeOptions
{
    private readonly List<(ServeFlag Flag, Option Option)> _options = [];

    public ServeOptions(Command command)
    {
        foreach (var flag in ServeFlags.All)
        {
            string described = flag.Default.Length > 0 ? $"{flag.Meaning} [default: {flag.Default}]" : flag.Meaning;
            Option option = flag.Placeholder is null
                ? new Option<bool>(flag.Name) { Description = described }
                : flag.IsRepeatable ? new Option<string[]>(flag.Name) { Description = described, HelpName = flag.Placeholder }
                : new Option<string>(flag.Name) { Description = described, HelpName = flag.Placeholder };
            _options.Add((flag, option));
            command.Options.Add(option);
        }
    }

    /// <exception cref="StartRefused">A setting is not what it should be.</exception>
    public ServeSettings Read(ParseResult parsed) => ServeFlags.Read(name => Typed(parsed, name), Environment.GetEnvironmentVariable);

    private string? Typed(ParseResult parsed, string name)
    {
        var (flag, option) = _options.Find(o => o.Flag.Name == name);
        if (parsed.GetResult(option) is not { Implicit: false } given) return null;
        // `--lab false` switches off what RINGWRIGHT_LAB switched on.
        if (flag.Placeholder is null) return given.Tokens is [var token] ? token.Value : "true";
        return string.Join(',', given.Tokens.Select(text => text.Value));
    }
}
