using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary>The options of <c>trunk add</c> about TLS; files are read here, so that the node needs no way to them.</summary>
internal sealed class TrunkTlsOptions
{
    private readonly Option<string> _ca = new("--ca")
    {
        Description = "PEM file of who must have signed the trunk's certificate; the system's authorities when not set", HelpName = "FILE"
    };
    private readonly Option<string[]> _pins =
        new("--pin") { Description = "SHA-256 of the trunk's certificate; then nothing else is asked of it", HelpName = "HEX" };
    private readonly Option<string> _name =
        new("--tls-name") { Description = "the name that its certificate must carry, when it is not the host", HelpName = "NAME" };
    private readonly Option<string> _certificate =
        new("--client-cert") { Description = "PEM file of our certificate with its chain, for trunks that ask for one", HelpName = "FILE" };
    private readonly Option<string> _key =
        new("--client-key") { Description = "PEM file of its key; the one in --client-cert when not set", HelpName = "FILE" };
    private readonly Option<bool> _unverified =
        new("--no-verify") { Description = "take any certificate: encrypted, but nobody knows to whom" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_ca, _pins, _name, _certificate, _key, _unverified]) command.Options.Add(option);
    }

    /// <exception cref="StartRefused">A file cannot be read.</exception>
    public async Task FillAsync(ParseResult parsed, JsonObject body, CancellationToken stop)
    {
        if (parsed.GetValue(_ca) is { } ca) body["tls_ca"] = await TextAsync("--ca", ca, stop);
        if (parsed.GetValue(_pins) is { Length: > 0 } pins) body["tls_pins"] = new JsonArray([.. pins.Select(p => (JsonNode)p)]);
        if (parsed.GetValue(_name) is { } name) body["tls_server_name"] = name;
        if (parsed.GetValue(_certificate) is { } certificate)
        {
            body["tls_client_certificate"] = await TextAsync("--client-cert", certificate, stop);
            body["tls_client_key"] = await TextAsync("--client-key", parsed.GetValue(_key) ?? certificate, stop);
        }
        if (parsed.GetValue(_unverified)) body["tls_verify"] = false;
    }

    private static async Task<string> TextAsync(string option, string file, CancellationToken stop)
    {
        try
        {
            return await File.ReadAllTextAsync(file, stop);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{option} {file}: {failed.Message}", failed);
        }
    }
}
