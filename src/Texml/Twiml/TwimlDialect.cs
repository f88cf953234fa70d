using System.Text.Json;
using Ringwright.Http;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// The API that clients of TwiML know: calls, what belongs to them, and how numbers and applications are answered. What its calls run,
/// and what their callbacks say, is TwiML too.
/// </summary>
public static class TwimlDialect
{
    public const string Root = "/" + TwimlLanguage.ApiVersion;

    public static Dialect Create(Contract contract, TwimlParts parts) => new()
    {
        Name = "twiml",
        Title = "The API of TwiML clients (2010-04-01)",
        Root = Root,
        Contract = contract,
        Errors = TwimlContract.ReadErrors(),
        Form = TwimlForm.Form,
        Bindings = TwimlBindings.Of(contract, parts),
        Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
        Rows = static kind => throw new InvalidOperationException($"This API has no plain resource '{kind.RecordType}'."),
        Refuse = TwimlErrors.Of,
    };
}
