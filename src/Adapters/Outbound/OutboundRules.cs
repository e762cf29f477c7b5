using System.Net;
using System.Net.Sockets;

namespace CarrierOptimization.Adapters.Outbound;

/// <summary>
/// Which places outside may be called: HTTPS to public addresses, and what a setting allows beyond that. Guards against
/// an address in the settings that leads into the own network.
/// </summary>
/// <param name="AllowsLoopback">True to call this machine, also without TLS: simulators and tests.</param>
/// <param name="AllowsPrivateAddresses">True to call private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7).</param>
public readonly record struct OutboundRules(bool AllowsLoopback, bool AllowsPrivateAddresses)
{
    private static readonly IPNetwork[] Private = Networks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

    /// <summary>Link-local (cloud metadata among them), documentation, benchmarks, multicast, reserved: never called.</summary>
    private static readonly IPNetwork[] Never = Networks(
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>What is wrong with a base address, as far as can be told without a look-up of its name.</summary>
    /// <param name="name">Of the setting, for the sentence.</param>
    /// <returns>A sentence, or <c>null</c> when it may be called.</returns>
    public string? MistakeIn(Uri? address, string name)
    {
        if (address is null || !address.IsAbsoluteUri)
        {
            return $"{name} is \"{address}\"; expected an address that begins with https://.";
        }

        if (address.UserInfo.Length > 0)
        {
            return $"{name} holds a user name or password; give them in their own settings.";
        }

        if (address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            return $"{name} is \"{address}\"; expected no ? and no #.";
        }

        bool isLoopback = address.IsLoopback;
        if (isLoopback && !AllowsLoopback)
        {
            return $"{name} is \"{address}\", which is this machine; that must be allowed by its own setting.";
        }

        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && isLoopback))
        {
            return $"{name} is \"{address}\"; expected https://. Plain HTTP is for this machine only.";
        }

        return IPAddress.TryParse(address.IdnHost, out IPAddress? literal) && !Allows(literal)
            ? $"{name} is \"{address}\", which is no public address; private networks must be allowed by their own setting."
            : null;
    }

    /// <summary>Whether a connection to <paramref name="address"/> may be made.</summary>
    public bool Allows(IPAddress address)
    {
        address = Innermost(address);
        if (IPAddress.IsLoopback(address))
        {
            return AllowsLoopback;
        }

        foreach (IPNetwork network in Never)
        {
            if (network.Contains(address))
            {
                return false;
            }
        }

        foreach (IPNetwork network in Private)
        {
            if (network.Contains(address))
            {
                return AllowsPrivateAddresses;
            }
        }

        return true;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for, if it does.</summary>
    private static IPAddress Innermost(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        ReadOnlySpan<byte> bytes = address.GetAddressBytes();
        return Nat64.Contains(address) ? new IPAddress(bytes[12..])
            : SixToFour.Contains(address) ? new IPAddress(bytes[2..6])
            : address;
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
