using System.Text.Json;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The back office of an agency: its users, its clients and theirs, agents, numbers, calls, campaigns and batches.</summary>
public static class AgencyDialect
{
    public const string Root = "/api/agency/v1";

    public static Dialect Create(Contract contract, AgencyParts parts) => new()
    {
        Name = "agency",
        Title = "The agency's back office",
        Root = Root,
        Contract = contract,
        Errors = AgencyContract.ReadErrors(),
        Form = AgencyForm.Form,
        Bindings = AgencyBindings.Of(contract, parts),
        Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
        Rows = static kind => throw new InvalidOperationException($"The agency's API has no plain resource '{kind.RecordType}'."),
    };
}
