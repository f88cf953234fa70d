using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Server.Mcp;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>mcp</c>: what a node can do as tools for a language model, over stdin and stdout.</summary>
internal static class McpCommand
{
    private const string Account = "/v2", OperatorPrefix = "operator_";

    private const string Instructions =
        "A phone company in one program. Tools without a prefix are its API for accounts (calls, numbers, recordings and so on), those "
        + "that begin with operator_ are for who runs it: why a call ended (the trace), where one would go and why (explain), trunks, "
        + "routes. Numbers are in E.164 form, +15550100000. What is not listed is not in, or the key may not do it.";

    /// <summary>What a tool asks for may take as long as a test of a trunk.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var key = new Option<string>("--key")
        {
            Description = $"an account's API key: its operations, as far as the key's role goes; {AccountApi.KeyVariable} when not given"
        };
        var api = new Option<string>("--api")
        {
            Description = $"the public address of a node that is elsewhere, with a key; {AccountApi.AddressVariable} when not given",
            HelpName = "URL"
        };
        var role = new Option<string>("--role")
        {
            Description = "at most this role: reader, member or owner. Without it a key has its own, and the node of --data is only read"
        };
        role.AcceptOnlyFromAmong("reader", "member", "owner");
        var family = new Option<string[]>("--family")
        {
            Description = "only operations of this family, such as 'Call Commands'; may be said several times"
        };
        var data = DataOption.Create();
        var command = new Command("mcp", "Tools for a language model, by the Model Context Protocol on stdin and stdout.")
        {
            key, api, role, family, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string? address = AccountApi.Address(parsed.GetValue(api)), account = AccountApi.Key(parsed.GetValue(key));
            if (address is not null && account is null)
                throw new StartRefused($"--api needs --key (or {AccountApi.KeyVariable}): the account's API key");
            CallerRole? most = parsed.GetValue(role) is { } word ? Enum.Parse<CallerRole>(word, ignoreCase: true) : null;
            string[] families = parsed.GetValue(family) ?? [];
            var tools = new List<Tool>();

            string folder = parsed.Folder(data);
            using var socket = ClientOf(new Uri("http://node/"), UnixSocketHttp.Handler(() => AdminSocket.PathFor(folder)));
            using var lab = address is null ? LabTools.Find(folder) : null;
            if (address is null)
            {
                using var node = new AdminClient(folder);
                address = (await node.FindNodeAsync(stop) ?? throw new StartRefused(
                    $"no node runs on {folder}: start it with serve, name its folder with --data, or one elsewhere with --api and --key"))
                    .Http;
                // Who may open the socket owns the node; what a model may is said beside it.
                var mine = most ?? CallerRole.Reader;
                tools.AddRange(await OperationTools.ReadAsync(socket, OperatorDialect.Root, OperatorPrefix, _ => mine, families, stop));
            }
            var root = AccountApi.RootOf(address);
            var handler = NodeHttp.HandlerFor(root);
            handler.AllowAutoRedirect = false;
            using var there = ClientOf(root, handler);
            if (account is not null)
            {
                there.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", account);
                tools.AddRange(await OperationTools.ReadAsync(there, Account, "", said => RoleOf(said, most, address), families, stop));
            }
            if (tools.Count == 0)
                throw new StartRefused($"nothing that is in, and that may be asked for, is of --family {Joined(families)}");
            tools.AddRange(lab?.All(mayChange: most >= CallerRole.Member) ?? []);

            using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
            await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
            await new McpServer(tools, Instructions).RunAsync(input, output, stop);
            return 0;
        });
        return command;
    }

    private static CallerRole RoleOf(string? said, CallerRole? most, string address)
    {
        if (said is null || !Enum.TryParse<CallerRole>(said, ignoreCase: true, out var own))
            throw new StartRefused($"{address} knows no such key, or it may not be used from here");
        return most is { } limit && limit < own ? limit : own;
    }

    private static HttpClient ClientOf(Uri address, SocketsHttpHandler handler) =>
        new(handler) { BaseAddress = address, Timeout = Patience };

    private static string Joined(string[] families) => string.Join(", ", families.Select(family => $"'{family}'"));
}
