using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The filters of lists of numbers that are no plain resource, in the words that the rows have for them.</summary>
internal static class NumberFilters
{
    public static IReadOnlyList<ResourceFilter> Read(ListRequest list) => [.. list.Filters.Select(filter => filter.Path switch
    {
        "tag" => filter with { Path = "tags" },
        "number_type" => filter with { Path = "phone_number_type" },
        "source" => filter with { Path = "source_type" },
        // One list spells it with a line below.
        "status" => filter with { Values = [.. filter.Values.Select(value => value is "port_pending" ? "port-pending" : value)] },
        // Numbers are in no bundles yet.
        "has_bundle" => new ResourceFilter("id", filter.Values.Contains("true") ? "in" : "exists",
            filter.Values.Contains("true") ? [] : ["true"]),
        _ => filter,
    })];
}
