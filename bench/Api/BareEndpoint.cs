using System.CommandLine;
using System.Text;

namespace Ringwright.Bench.Api;

/// <summary>
/// The least that a web server can do with the same request: Kestrel, one route, the body read and a fixed answer written.
/// </summary>
internal static class BareEndpoint
{
    public const string CommandName = "bare-endpoint";

    public static Command Create()
    {
        var answer = new Argument<string>("answer");
        var status = new Argument<int>("status");
        var command = new Command(CommandName, "A bare web server.") { status, answer };
        command.Hidden = true;
        command.SetAction((parsed, stop) =>
            RunAsync(parsed.GetRequiredValue(status), Encoding.UTF8.GetBytes(parsed.GetRequiredValue(answer)), stop));
        return command;
    }

    private static async Task<int> RunAsync(int status, byte[] answer, CancellationToken stop)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // As the program does: a request stays on the thread that read it.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        await using var app = builder.Build();
        app.Map("/{**path}", async (HttpContext http) =>
        {
            while (await http.Request.BodyReader.ReadAsync(http.RequestAborted) is var read)
            {
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) break;
            }

            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        });
        await app.StartAsync(stop);
        await Console.Out.WriteLineAsync(app.Urls.First());
        // Until the input ends.
        while (await Console.In.ReadLineAsync(stop) is not null)
        {
        }

        return 0;
    }
}
