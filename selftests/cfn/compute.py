# SPDX-License-Identifier: GPL-2.0-only
"""The load balancers and machines of a topology, and who may reach them.

Owns the parts gwlb, targets, fleet, alb, instances and groups of the JSON
that topology.py writes. Touches nothing.
"""
import userdata

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
INSTANCE = "AWS::EC2::Instance"
GROUP = "AWS::EC2::SecurityGroup"
PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp"}
# Of a health check: our name, the template's, and AWS's own values where a
# template says nothing, for a group of Geneve and for one of HTTP.
HEALTH = (
    ("protocol", "HealthCheckProtocol", "TCP", "HTTP"),
    ("port", "HealthCheckPort", "80", "traffic-port"),
    ("path", "HealthCheckPath", "", "/"),
    ("interval", "HealthCheckIntervalSeconds", 10, 30),
    ("timeout", "HealthCheckTimeoutSeconds", 5, 5),
    ("healthy", "HealthyThresholdCount", 5, 5),
    ("unhealthy", "UnhealthyThresholdCount", 2, 2),
)


def balancer_subnets(found, one):
    """The subnets that a load balancer has a node in."""
    if "SubnetMappings" not in one.properties:
        return found.ids(one, "Subnets", "AWS::EC2::Subnet")
    place = found.place(one).at("SubnetMappings")
    return [found.id_of(item.get("SubnetId"), place.at(index),
                        "AWS::EC2::Subnet")
            for index, item in enumerate(one.properties["SubnetMappings"])]


def forwards_to(found, balancer):
    """(listener, target group) of a load balancer that has one listener."""
    listener = found.only(
        LISTENER, f"listener of {balancer.id}", lambda one:
        found.id_in(one, "LoadBalancerArn", BALANCER) == balancer.id)
    for index, action in enumerate(found.value(listener, "DefaultActions")):
        if action.get("Type") == "forward" and "TargetGroupArn" in action:
            place = found.place(listener).at("DefaultActions", index)
            return listener, found.get(found.id_of(
                action["TargetGroupArn"], place, TARGET_GROUP))
    found.place(listener).fail("forwards to no target group")


def read_gwlb(found, subnets):
    """The Gateway Load Balancer, and the target group behind it."""
    one = found.only(BALANCER, "Gateway Load Balancer", lambda one:
                     one.properties.get("Type") == "gateway")
    own = balancer_subnets(found, one)
    vpcs = {subnet["vpc"] for subnet in subnets if subnet["id"] in own}
    if len(vpcs) != 1:
        found.place(one).fail("is not in exactly one VPC")
    service = found.only(
        "AWS::EC2::VPCEndpointService", "endpoint service", lambda other:
        one.id in found.ids(other, "GatewayLoadBalancerArns", default=[]))
    attributes = found.attributes(one, "LoadBalancerAttributes")
    cross = attributes.get("load_balancing.cross_zone.enabled", "false")
    if cross not in ("true", "false"):
        found.place(one).fail(f"cross-zone is '{cross}'")
    return {
        "id": one.id, "name": found.name(one), "vpc": vpcs.pop(),
        "subnets": own, "cross_zone": cross == "true",
        "service": service.id,
        "acceptance": found.flag(service, "AcceptanceRequired", "true"),
    }, forwards_to(found, one)[1]


def read_health(found, group):
    """The health check of a target group."""
    health = {}
    geneve = group.properties.get("Protocol") == "GENEVE"
    for name, key, for_geneve, for_http in HEALTH:
        default = for_geneve if geneve else for_http
        if name in ("protocol", "path"):
            health[name] = found.text(group, key, default)
        elif group.properties.get(key, default) == "traffic-port":
            health[name] = found.number(group, "Port")
        else:
            health[name] = found.number(group, key, default)
    return health


def read_targets(found, group):
    """What the Gateway Load Balancer knows of its targets."""
    if group.properties.get("Protocol") != "GENEVE":
        found.place(group).at("Protocol").fail("GENEVE is wanted")
    attributes = found.attributes(group, "TargetGroupAttributes")
    failover = {attributes.get(f"target_failover.on_{event}", "no_rebalance")
                for event in ("deregistration", "unhealthy")}
    if len(failover) != 1:
        found.place(group).fail("the two failover attributes differ")
    sticky = attributes.get("stickiness.enabled", "false") == "true"
    return {
        "port": found.number(group, "Port"),
        "health": read_health(found, group),
        "failover": failover.pop(),
        "deregistration_delay": int(attributes.get(
            "deregistration_delay.timeout_seconds", "300")),
        "stickiness": (attributes.get("stickiness.type", "")
                       if sticky else ""),
        "attributes": attributes,
    }


def launch_data(found, one):
    """The launch template of an Auto Scaling group, and what it says."""
    properties = one.properties
    if "MixedInstancesPolicy" in properties:
        properties = properties["MixedInstancesPolicy"].get(
            "LaunchTemplate", {}).get("LaunchTemplateSpecification", {})
    else:
        properties = properties.get("LaunchTemplate", {})
    template = found.get(found.id_of(
        properties.get("LaunchTemplateId"),
        found.place(one).at("LaunchTemplate"), "AWS::EC2::LaunchTemplate"))
    return template, found.value(template, "LaunchTemplateData")


def security_groups(found, place, properties):
    """The security groups of an instance's first interface."""
    values = properties.get("SecurityGroupIds", [])
    for interface in properties.get("NetworkInterfaces", [])[:1]:
        values = values or interface.get("Groups",
                                         interface.get("GroupSet", []))
    if not values:
        place.fail("has no security group")
    return [found.id_of(value, place.at("SecurityGroupIds"), GROUP)
            for value in values]


def read_fleet(found, group):
    """The Auto Scaling group that the appliances come from."""
    one = found.only("AWS::AutoScaling::AutoScalingGroup",
                     f"fleet behind {group.id}", lambda one: group.id in
                     found.ids(one, "TargetGroupARNs", default=[]))
    template, data = launch_data(found, one)
    place = found.place(template)
    files, commands = userdata.parse(data, place)
    size = "DesiredCapacity" if "DesiredCapacity" in one.properties \
        else "MinSize"
    return {
        "id": one.id,
        "subnets": found.ids(one, "VPCZoneIdentifier", "AWS::EC2::Subnet"),
        "size": found.number(one, size),
        "groups": security_groups(found, place, data),
        "files": files, "commands": commands,
    }


def read_alb(found):
    """The Application Load Balancer and what it forwards to."""
    one = found.only(BALANCER, "Application Load Balancer", lambda one:
                     one.properties.get("Type", "application")
                     == "application")
    listener, group = forwards_to(found, one)
    place = found.place(group).at("Targets")
    targets = [found.id_of(item.get("Id"), place.at(index), INSTANCE)
               for index, item in enumerate(found.value(group, "Targets"))]
    return {
        "id": one.id, "subnets": balancer_subnets(found, one),
        "port": found.number(listener, "Port"),
        "groups": found.ids(one, "SecurityGroups", GROUP),
        "targets": targets,
        "target_port": found.number(group, "Port"),
        "health": read_health(found, group),
    }


def public_addresses(found):
    """Which instance has which elastic address."""
    result = {}
    for one in found.of("AWS::EC2::EIP"):
        if "InstanceId" in one.properties:
            result[found.id_in(one, "InstanceId", INSTANCE)] = one.id
    for one in found.of("AWS::EC2::EIPAssociation"):
        key = "AllocationId" if "AllocationId" in one.properties else "EIP"
        result[found.id_in(one, "InstanceId", INSTANCE)] = found.id_in(
            one, key, "AWS::EC2::EIP")
    return result


def read_instances(found, targets):
    """The web servers and the bastion."""
    addresses = public_addresses(found)
    result = []
    for one in found.of(INSTANCE):
        place = found.place(one)
        if one.id not in targets and one.id not in addresses:
            place.fail("neither a target of the load balancer, nor has it "
                       "an address outside: what is it for?")
        interfaces = one.properties.get("NetworkInterfaces", [{}])
        subnet = one.properties.get("SubnetId",
                                    interfaces[0].get("SubnetId"))
        files, commands = userdata.parse(one.properties, place)
        result.append({
            "id": one.id, "name": found.name(one),
            "role": "web" if one.id in targets else "bastion",
            "subnet": found.id_of(subnet, place.at("SubnetId"),
                                  "AWS::EC2::Subnet"),
            "eip": addresses.get(one.id),
            "groups": security_groups(found, place, one.properties),
            "files": files, "commands": commands,
        })
    return result


def read_rule(found, rule, place):
    """One rule of a security group that lets something in."""
    protocol = str(rule.get("IpProtocol", ""))
    protocol = PROTOCOLS.get(protocol, protocol)
    if protocol not in ("tcp", "udp", "icmp", "-1"):
        place.fail(f"unknown protocol '{protocol}'")
    default = -1 if protocol in ("icmp", "-1") else None
    ports = [rule.get(key, default) for key in ("FromPort", "ToPort")]
    if None in ports:
        place.fail("has no ports")
    if "SourceSecurityGroupId" in rule:
        source = {"group": found.id_of(rule["SourceSecurityGroupId"], place,
                                       GROUP)}
    elif "CidrIp" in rule or "CidrIpv6" in rule:
        source = rule.get("CidrIp", rule.get("CidrIpv6"))
    else:
        place.fail("a source that is neither a CIDR nor a group")
    return {"protocol": protocol, "from": int(ports[0]),
            "to": int(ports[1]), "source": source}


def read_groups(found):
    """The security groups with all that they let in."""
    result = {}
    for one in found.of(GROUP):
        place = found.place(one).at("SecurityGroupIngress")
        result[one.id] = {
            "id": one.id, "name": found.name(one),
            "vpc": found.id_in(one, "VpcId", "AWS::EC2::VPC"),
            "ingress": [read_rule(found, rule, place.at(index))
                        for index, rule in enumerate(
                            one.properties.get("SecurityGroupIngress", []))],
        }
    for one in found.of("AWS::EC2::SecurityGroupIngress"):
        result[found.id_in(one, "GroupId", GROUP)]["ingress"].append(
            read_rule(found, one.properties, found.place(one)))
    return list(result.values())
