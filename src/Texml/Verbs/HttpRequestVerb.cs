using System.Buffers;
using System.Globalization;
using System.Text;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>
/// Asks another server, and takes variables from its answer. A request that fails is a warning, and the next verb comes.
/// </summary>
internal static class HttpRequestVerb
{
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");

    /// <summary>Ours: by these a request would become another, or more than one.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    };

    public static async ValueTask<Step> RunAsync(DocumentCall call, TexmlElement element, VerbValues values)
    {
        if (await RequestAsync(call, element) is not { } request) return Step.Next;
        var answer = element.Children.FirstOrDefault(child => child.Name is "Response");
        if (values.Flag("async"))
        {
            if (answer is not null || values.Filled("action") is not null)
                await call.WarnAsync($"HttpRequest is async: nobody waits for its answer, nor for action ({element.At})");
            await call.Requests.SendAsync(request);
            return Step.Next;
        }
        if (await call.Requests.AskAsync(request) is not { } result) return Step.Next;
        if (await HttpAnswer.TakeAsync(call, answer, result) is not { } fields) return Step.Next;
        if (values.Filled("action") is not { } said || await Actions.ResolveAsync(call, said, "action") is not { } url) return Step.Next;
        return new Step.Go(url, "POST",
            [new("HttpStatusCode", (result.Status ?? 0).ToString(CultureInfo.InvariantCulture)), .. fields]);
    }

    /// <summary>Null when there is none that could be sent: told as a warning.</summary>
    private static async ValueTask<EgressRequest?> RequestAsync(DocumentCall call, TexmlElement element)
    {
        if (element.Children.FirstOrDefault(child => child.Name is "Request") is not { } asked)
        {
            await call.WarnAsync($"HttpRequest has no Request ({element.At})");
            return null;
        }
        var values = call.Read(asked);     // its warnings are told
        if (values.Filled("url") is not { } said)
        {
            await call.WarnAsync($"Request has no url ({asked.At})");
            return null;
        }
        if (await Actions.ResolveAsync(call, said, "Request") is not { } url) return null;
        bool isGet = values.Method("method") is "GET";
        string? text = asked.Children.FirstOrDefault(child => child.Name is "Body")?.Text;
        if (isGet && text is not null) await call.WarnAsync($"Body is not sent: a GET has none ({asked.At})");
        byte[] body = Encoding.UTF8.GetBytes(text ?? "");
        if (body.Length > Limits.RequestBytes)
        {
            await call.WarnAsync($"HttpRequest was not sent: its Body has more than {Limits.RequestBytes} bytes ({asked.At})");
            return null;
        }
        var headers = await HeadersAsync(call, asked);
        string type = headers.Find(IsType).Value ?? "text/plain; charset=utf-8";
        headers.RemoveAll(IsType);
        if (!headers.Exists(header => header.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)))
            headers.Add(new("user-agent", "ringwright-texml"));
        return new()
        {
            Url = url, Use = TargetUse.Document, Method = isGet ? "GET" : "POST", Body = isGet ? (ReadOnlyMemory<byte>?)null : body,
            ContentType = isGet ? null : type, Headers = headers, Timeout = Limits.Request, MaxBytes = Limits.AnswerBytes,
            MaxRedirects = 0, IsSentOnce = true,
        };
    }

    private static bool IsType(KeyValuePair<string, string> header) =>
        header.Key?.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) is true;

    private static async ValueTask<List<KeyValuePair<string, string>>> HeadersAsync(DocumentCall call, TexmlElement asked)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in asked.Children.Where(child => child.Name is "Headers").SelectMany(list => list.Children)
            .Where(child => child.Name is "Header"))
        {
            string name = TextOf(header, "Key"), value = TextOf(header, "Value");
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameChars) || value.Any(char.IsControl))
                await call.WarnAsync($"Header is not sent: that is no name or no value of one ({header.At})");
            else if (Reserved.Contains(name)) await call.WarnAsync($"Header is not sent: {name} is the node's ({header.At})");
            else if (headers.Count == Limits.RequestHeaders)
            {
                await call.WarnAsync($"HttpRequest has {Limits.RequestHeaders} headers and no more ({header.At})");
                break;
            }
            else headers.Add(new(name, value));
        }
        return headers;
    }

    private static string TextOf(TexmlElement of, string name) => of.Children.FirstOrDefault(child => child.Name == name)?.Text ?? "";
}
